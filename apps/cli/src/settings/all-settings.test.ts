import { expect, it } from 'vitest';
import { allSettings } from './all-settings.js';

it.each([2, 4, '2'])('takes no %j replicas, which survive no more than one less', (replicas) => {
  const message = allSettings.shape.replicas.safeParse(replicas).error?.issues[0]?.message;
  expect(message).toBe('expected 1, 3 or 5: a majority decides');
});

it.each([1, 3, '5', undefined])('takes %j replicas', (replicas) => {
  expect(allSettings.shape.replicas.safeParse(replicas).success).toBe(true);
});
