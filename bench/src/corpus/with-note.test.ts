import { drawPicture } from '@cullstream/examples';
import { preprocess } from '@cullstream/imaging';
import { expect, it } from 'vitest';
import { withNote } from './with-note.js';

it.each(['png', 'jpeg'] as const)(
  'a note in a %s changes its bytes, not its pixels',
  async (format) => {
    const image = await drawPicture({ scene: 1, variant: 0, widthPx: 300, heightPx: 260, format });
    const noted = withNote(image, format, 'copy 1');
    expect(noted.equals(withNote(image, format, 'copy 2'))).toBe(false);
    const [before, after] = [await preprocess(image, 'exact'), await preprocess(noted, 'exact')];
    expect(Buffer.from(after.pixels).equals(Buffer.from(before.pixels))).toBe(true);
  },
);
