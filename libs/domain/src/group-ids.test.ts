import { expect, it } from 'vitest';
import { toGroupIds } from './group-ids.js';

it('names a group after its project and the timestamp of its first image', () => {
  expect(toGroupIds('dalia', [['a/20250701_000004_stage1_generated.png']])).toEqual([
    'dalia_group_20250701_000004',
  ]);
});

it('numbers repeats in order and skips ids that are taken', () => {
  const groups = [['20250701_000004.png'], ['x.png'], ['20250701_000004.jpg'], ['y.png']];
  expect(toGroupIds('p', groups, ['p_group_20250701_000004_2'])).toEqual([
    'p_group_20250701_000004',
    'p_group_untimed',
    'p_group_20250701_000004_3',
    'p_group_untimed_2',
  ]);
});
