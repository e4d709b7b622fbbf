import type { PlannedProject } from '@cullstream/contracts';
import { expect, it } from 'vitest';
import { nextProject } from './next-project.js';

const projects = ['alder', 'birch', 'cedar'].map(
  (name) => ({ project: { name } }) as PlannedProject,
);

function nextOf(first: readonly string[] | undefined, published: readonly string[]) {
  const record = { projects, ...(first !== undefined && { first: [...first] }) };
  return nextProject(record, new Set(published))?.project.name;
}

it('keeps to the order of the run where nobody wants another', () => {
  expect(nextOf(undefined, [])).toBe('alder');
  expect(nextOf(undefined, ['alder'])).toBe('birch');
});

it('takes what is wanted first, in the order it is wanted', () => {
  expect(nextOf(['cedar', 'birch'], [])).toBe('cedar');
  expect(nextOf(['cedar', 'birch'], ['cedar'])).toBe('birch');
});

it('goes on with the others once that is published, and passes over names it does not know', () => {
  expect(nextOf(['cedar', 'fir'], ['cedar'])).toBe('alder');
});

it('ends when all are published', () => {
  expect(nextOf(['cedar'], ['alder', 'birch', 'cedar'])).toBeUndefined();
});
