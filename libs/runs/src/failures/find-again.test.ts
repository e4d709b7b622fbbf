import { expect, it } from 'vitest';
import type { DeadEntry } from './dead-entry.js';
import { findAgain } from './find-again.js';

const message = (id: string, text: string, subject = 'cull.images.r1.aurora') =>
  ({ kind: 'message', id, letter: { subject, data: Buffer.from(text) } }) as unknown as DeadEntry;
const image = (id: string) => ({ kind: 'image', id }) as DeadEntry;

it('finds a message that failed again by its bytes, for its letter is a new one', () => {
  const again = message('m9', 'one');
  expect(findAgain(message('m1', 'one'), [message('m8', 'two'), again])).toBe(again);
  expect(findAgain(message('m1', 'one'), [message('m1', 'two')])).toBeUndefined();
  const elsewhere = message('m9', 'one', 'cull.images.r1.meadow');
  expect(findAgain(message('m1', 'one'), [elsewhere])).toBeUndefined();
});

it('finds an image by its id', () => {
  const again = image('i1');
  expect(findAgain(image('i1'), [image('i2'), again])).toBe(again);
  expect(findAgain(image('i1'), [image('i2'), message('m1', '')])).toBeUndefined();
});
