import type { GalleryGroup } from '@cullstream/contracts/web';
import { expect, it } from 'vitest';
import { toFirstImage, toNextOpened } from './step.js';

const image = { sequence: 0, name: 'a', widthPx: 1, heightPx: 1, score: 1, failure: null };
const groups: GalleryGroup[] = ['one', 'two'].map((groupId) => ({
  groupId,
  images: [image, image],
  decision: { selectedIndex: 1, confidence: 1, crop: null },
  compared: null,
  person: null,
}));
const [first] = groups as [GalleryGroup];
const groupAt = (index: number) => groups[index];

it('opens a group with what was selected', () => {
  expect(toFirstImage(first)).toBe(1);
  expect(toFirstImage({ ...first, decision: null })).toBe(0);
});

it('goes through the images and on into the next group', () => {
  const at = { group: first, at: 0, groupAt };
  expect(toNextOpened('ArrowRight', { ...at, image: 0 })).toEqual({ id: 'one', at: 0, image: 1 });
  expect(toNextOpened('ArrowRight', { ...at, image: 1 })).toEqual({ id: 'two', at: 1, image: 0 });
  expect(toNextOpened('ArrowLeft', { ...at, image: 0 })).toBeUndefined();
});

it('goes to whole groups, and stays where there is none', () => {
  const at = { group: first, image: 0, groupAt };
  const next = { id: 'two', at: 1, image: undefined };
  expect(toNextOpened('ArrowDown', { ...at, at: 0 })).toEqual(next);
  expect(toNextOpened('ArrowDown', { ...at, at: 1 })).toBeUndefined();
  expect(toNextOpened('ArrowDown', { ...at, at: undefined })).toBeUndefined();
  expect(toNextOpened('x', { ...at, at: 0 })).toBeUndefined();
});
