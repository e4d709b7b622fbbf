import { describe, expect, it } from 'vitest';
import { ByteBudget } from './byte-budget.js';

/** Starts work that ends on request, and records the order in which it began. */
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

  it('lets in what fits exactly, and alone what is more than all of it', async () => {
    const budget = new ByteBudget(10);
    const { begun, work, end } = workshop();
    const all = [
      budget.whileHolding(4, work('a')),
      budget.whileHolding(6, work('b')),
      budget.whileHolding(99, work('large')),
    ];
    await settled();
    expect(begun).toEqual(['a', 'b']);
    end('a');
    await settled();
    expect(begun).toEqual(['a', 'b']);
    end('b');
    await settled();
    expect(begun).toEqual(['a', 'b', 'large']);
    end('large');
    await Promise.all(all);
  });

  it('lets nobody overtake who waits', async () => {
    const budget = new ByteBudget(10);
    const { begun, work, end } = workshop();
    const all = [
      budget.whileHolding(8, work('a')),
      budget.whileHolding(6, work('waits')),
      budget.whileHolding(1, work('small')),
    ];
    await settled();
    expect(begun).toEqual(['a']);
    end('a');
    await settled();
    expect(begun).toEqual(['a', 'waits', 'small']);
    for (const name of ['waits', 'small']) end(name);
    await Promise.all(all);
  });

  it('counts those it lets in', async () => {
    const budget = new ByteBudget(10);
    const { begun, work, end } = workshop();
    const all = [10, 6, 4, 1].map((size) => budget.whileHolding(size, work(`${size}`)));
    await settled();
    end('10');
    await settled();
    expect(begun).toEqual(['10', '6', '4']);
    end('4');
    await settled();
    expect(begun).toEqual(['10', '6', '4', '1']);
    for (const name of ['6', '1']) end(name);
    await Promise.all(all);
  });

  it('lets several hold more where that fits exactly, in order', async () => {
    const budget = new ByteBudget(10);
    const { begun, work, end } = workshop();
    const more = (name: string, size: number) =>
      budget.whileHolding(1, () => budget.whileHoldingMore(size, work(name)));
    const all = [more('a', 3), more('b', 3), more('c', 2), more('d', 1)];
    await settled();
    // The three hold 4 bytes, and two of them 3 more each: the budget is used up.
    expect(begun).toEqual(['a', 'b']);
    end('a');
    await settled();
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    for (const name of ['b', 'c', 'd']) end(name);
    await Promise.all(all);
  });

  it('gives back what failed work held', async () => {
    const budget = new ByteBudget(10);
    const failing = budget.whileHolding(10, () => Promise.reject(new Error('no image')));
    await expect(failing).rejects.toThrow('no image');
    const { begun, work, end } = workshop();
    const next = budget.whileHolding(9, work('next'));
    const small = budget.whileHolding(1, work('small'));
    await settled();
    expect(begun).toEqual(['next', 'small']);
    for (const name of begun) end(name);
    await Promise.all([next, small]);
  });
});
