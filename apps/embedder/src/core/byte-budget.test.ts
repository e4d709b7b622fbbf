import { describe, expect, it } from 'vitest';
import { ByteBudget } from './byte-budget.js';

/** Work that ends when it is told to, and the order in which it began. */
function workshop() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<void>((resolve) => ends.set(name, resolve));
  };
  return { begun, work, end: (name: string) => ends.get(name)?.() };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a byte budget', () => {
  it('lets in what fits, and the others in order', async () => {
    const budget = new ByteBudget(10);
    const { begun, work, end } = workshop();
    const all = ['a', 'b', 'c'].map((name) => budget.whileHolding(6, work(name)));
    await settled();
    expect(begun).toEqual(['a']);
    for (const name of ['a', 'b', 'c']) {
      end(name);
      await settled();
    }
    expect(begun).toEqual(['a', 'b', 'c']);
    await Promise.all(all);
  });

  it('lets one hold more than there is, and another only when that has ended', async () => {
    const budget = new ByteBudget(10);
    const { begun, work, end } = workshop();
    const large = (name: string) =>
      budget.whileHolding(2, () => budget.whileHoldingMore(50, work(name)));
    const all = ['a', 'b', 'c'].map(large);
    for (const begunBy of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
      await settled();
      expect(begun).toEqual(begunBy);
      end(begunBy.at(-1) ?? '');
    }
    await Promise.all(all);
  });
});
