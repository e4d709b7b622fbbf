import { toSubject, toSubjectToken, type RunId } from '@cullstream/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInPartition, PROJECT_SLOTS, toPartitions, toProjectSlot } from './partitions.js';

const run = '20260131T094500Z-k3x9' as RunId;
const names = Array.from({ length: 6_400 }, (_unused, at) => `Shoot ${at}`);

describe('the partition of a project', () => {
  it('is one of all, whatever its name, and the same for every stage and run', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(name, fc.integer({ min: 1, max: PROJECT_SLOTS }), (project, count) => {
        const owners = ['images', 'predictions'].map((stage) => {
          const subject = toSubject(stage as 'images', run, project);
          return toPartitions(count).filter((each) => isInPartition(subject, each));
        });
        expect(owners[0]).toHaveLength(1);
        expect(owners[1]).toEqual(owners[0]);
      }),
    );
  });

  it('stays what it is in later versions', () => {
    const slots = ['dalia', 'Slender_20Kiara', 'mojo_201', 'a'].map(toProjectSlot);
    expect(slots).toEqual([32, 46, 39, 38]);
  });

  it('has its share of the projects', () => {
    for (const count of [2, 3, 8]) {
      const shares = toPartitions(count).map(
        (partition) =>
          names.filter((name) => isInPartition(toSubject('images', run, name), partition)).length,
      );
      for (const share of shares) expect(share / (names.length / count)).toBeCloseTo(1, 0);
    }
    const slots = new Set(names.map((name) => toProjectSlot(toSubjectToken(name))));
    expect(slots.size).toBe(PROJECT_SLOTS);
  });
});
