import { expect, it } from 'vitest';
import { isServerAtLeast } from './is-server-at-least.js';

it('compares versions by number, place by place', () => {
  const versions = [
    '2.9.25',
    '2.10.9',
    '2.10.11',
    '2.12.15',
    '3.0.0',
    '2.11.0-RC.1',
    '',
    undefined,
  ];
  expect(versions.filter((version) => isServerAtLeast(version, [2, 10, 11]))).toEqual([
    '2.10.11',
    '2.12.15',
    '3.0.0',
    '2.11.0-RC.1',
  ]);
});
