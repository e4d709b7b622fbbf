import type { PlannedProject } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { ProjectOrder } from './project-order.js';

const planned = (name: string): PlannedProject => ({
  project: {
    ...{ name, source: `${name}.zip`, catalogue: '0123456789abcdef' },
    ...{ images: 1, groups: 0, ungrouped: 1 },
  },
  cached: 0,
  warnings: [],
});

function makeOrder(...names: string[]): ProjectOrder {
  const order = new ProjectOrder();
  order.extend(names.map(planned));
  return order;
}

describe('the order of projects', () => {
  it('is that of the run', () => {
    const order = makeOrder('a', 'b');
    expect(order.next()?.project.name).toBe('a');
    order.passed('a');
    expect(order.next()?.project.name).toBe('b');
    order.passed('b');
    expect(order.next()).toBeUndefined();
    expect(order.published).toBe(2);
  });

  it('lets those pass that are wanted first and are not published yet', () => {
    const order = makeOrder('a', 'b', 'c');
    expect(order.next(['c', 'b'])?.project.name).toBe('c');
    order.passed('c');
    expect(order.next(['c', 'unknown', 'b'])?.project.name).toBe('b');
  });

  it('takes up what a run has more, and nothing twice', () => {
    const order = makeOrder('a');
    order.passed('a');
    order.extend([planned('a'), planned('b')]);
    expect(order.next()?.project.name).toBe('b');
  });

  it('passes over what others work on, until it is time to look again', () => {
    const order = makeOrder('a', 'b');
    order.setAside('a', 1_000);
    expect(order.next([], 999)?.project.name).toBe('b');
    expect(order.next([], 1_000)?.project.name).toBe('a');
    order.passed('b');
    expect(order.next([], 999)).toBeUndefined();
    expect(order.isThrough).toBe(false);
    order.passed('a');
    expect(order.isThrough).toBe(true);
  });

  it('waits for those that are wanted first, also while others work on them', () => {
    const order = makeOrder('a', 'b', 'c');
    order.setAside('c', 1_000);
    expect(order.next(['c'], 0)).toBeUndefined();
    expect(order.next(['c', 'b'], 0)?.project.name).toBe('b');
    order.passed('c');
    expect(order.next(['c'], 0)?.project.name).toBe('a');
  });

  it('lets those overtake that are wanted before a project and are left', () => {
    const order = makeOrder('a', 'b', 'c');
    expect(order.isOvertaken('a')).toBe(false);
    expect(order.isOvertaken('a', ['b'])).toBe(true);
    expect(order.isOvertaken('b', ['b', 'c'])).toBe(false);
    expect(order.isOvertaken('c', ['b', 'c'])).toBe(true);
    order.passed('b');
    expect(order.isOvertaken('c', ['b', 'c'])).toBe(false);
  });
});
