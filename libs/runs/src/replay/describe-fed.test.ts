import { expect, it } from 'vitest';
import { describeFed } from './describe-fed.js';

const none = { before: 0, stored: 0, rebuilt: 0, lost: 0 };

it('tells which way images came, and leaves out the ways that none came', () => {
  const all = { before: 1_200, stored: 3_400, rebuilt: 5_600, lost: 7_800 };
  expect(describeFed(all, 'embeddings')).toBe(
    'embeddings fed: 1,200 before the interruption, 3,400 from the stream, ' +
      '5,600 rebuilt from cache and database, 7,800 without a vector, failed',
  );
  expect(describeFed({ ...none, rebuilt: 1 }, 'images')).toBe(
    'images fed: 1 rebuilt from the database',
  );
  expect(describeFed({ ...none, stored: 2, lost: 1 }, 'embeddings')).toBe(
    'embeddings fed: 2 from the stream, 1 without a vector, failed',
  );
  expect(describeFed(none, 'images')).toBe('images fed: none');
});
