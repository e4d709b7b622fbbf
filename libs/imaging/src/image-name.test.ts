import { expect, test } from 'vitest';
import { isImageName } from './image-name.js';

test.each(['a.png', 'A.PNG', 'deep/er/a.jpg', 'b.JPEG', './a.png', 'a b/c.d.jpg', '@home/a.png'])(
  '%s is an image',
  (name) => {
    expect(isImageName(name)).toBe(true);
  },
);

test.each([
  'a.yaml',
  'a.png.txt',
  'png',
  'a.webp',
  '__MACOSX/a.png',
  'x/__MACOSX/y/._a.png',
  'x/._a.png',
  '.hidden.png',
  '.cache/a.png',
  'a.png/',
  '@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg',
  'x/$RECYCLE.BIN/a.png',
])('%s is not an image', (name) => {
  expect(isImageName(name)).toBe(false);
});
