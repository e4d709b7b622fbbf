import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPartitions, type Partitions } from './open-partitions.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-partitions-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Looks, and works for its share as far as that is free. */
function adjust(process: Partitions, worksFor: Set<number>): void {
  const share = process.look();
  for (const partition of worksFor) {
    if (share.includes(partition)) continue;
    process.release(partition);
    worksFor.delete(partition);
  }
  for (const partition of share) if (process.take(partition)) worksFor.add(partition);
}

it('everything is one process’s, until another one comes and gets its share', () => {
  const [one, other] = [openPartitions(folder, 3), openPartitions(folder, 3)];
  const works = [new Set<number>(), new Set<number>()] as const;
  adjust(one, works[0]);
  expect([...works[0]]).toEqual([1, 2, 3]);
  adjust(other, works[1]);
  expect([...works[1]]).toEqual([]);
  // Who is there only for a moment is not believed.
  adjust(one, works[0]);
  expect([...works[0]]).toEqual([1, 2, 3]);
  adjust(one, works[0]);
  adjust(other, works[1]);
  expect([[...works[0]], [...works[1]]]).toEqual([[1, 3], [2]]);
});

it('a process more than there are partitions stands by', () => {
  const processes = [1, 2, 3].map(() => openPartitions(folder, 2));
  expect(processes.map((process) => process.look().length > 0)).toEqual([true, true, false]);
});

it('a lock whose file was deleted is lost, and can be taken anew', () => {
  const process = openPartitions(folder, 1);
  expect(process.look()).toEqual([1]);
  expect(process.take(1)).toBe(true);
  rmSync(join(folder, 'partition-1.lock'));
  expect(process.take(1)).toBe(false);
  expect(process.look()).toEqual([]);
  process.release(1);
  expect(process.look()).toEqual([1]);
  expect(process.take(1)).toBe(true);
});
