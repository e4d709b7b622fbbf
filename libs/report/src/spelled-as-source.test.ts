import { expect, it } from 'vitest';
import { spelledAsSource } from './spelled-as-source.js';

it('spells a project as its source does where both are the same name', () => {
  const [composed, apart] = ['Zoë'.normalize('NFC'), 'Zoë'.normalize('NFD')];
  expect(spelledAsSource(composed, `disk/${apart}.zip`)).toBe(apart);
  expect(spelledAsSource(composed, composed)).toBe(composed);
  expect(spelledAsSource('Kiara', 'Slender Kiara.zip')).toBe('Kiara');
});
