import { expect, it } from 'vitest';
import { toSourceSpelling } from './to-source-spelling.js';

it('spells a project as its source does where both are the same name', () => {
  const [composed, apart] = ['Zoë'.normalize('NFC'), 'Zoë'.normalize('NFD')];
  expect(toSourceSpelling(composed, `disk/${apart}.zip`)).toBe(apart);
  expect(toSourceSpelling(composed, composed)).toBe(composed);
  expect(toSourceSpelling('Kiara', 'Slender Kiara.zip')).toBe('Kiara');
});
