import fc from 'fast-check';

/** What happens to one server of a cluster. Durations are in milliseconds. */
export type ClusterFault =
  | { readonly kind: 'kill'; readonly server: number; readonly ms: number }
  | { readonly kind: 'stand still'; readonly server: number; readonly ms: number }
  | { readonly kind: 'partition'; readonly server: number; readonly ms: number }
  | {
      readonly kind: 'cut the tail';
      readonly server: number;
      readonly ms: number;
      readonly bytes: number;
    }
  | {
      readonly kind: 'flip a byte';
      readonly server: number;
      readonly ms: number;
      /** Where in the file, from 0 to 1. */
      readonly at: number;
    };

/** A fault, and the share of the images, 0 to 1, that are embedded before it happens. */
export interface ClusterStep {
  readonly after: number;
  readonly fault: ClusterFault;
}

const server = fc.integer({ min: 0, max: 2 });
const ms = fc.integer({ min: 50, max: 8_000 });

const fault: fc.Arbitrary<ClusterFault> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('kill' as const), server, ms }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('stand still' as const), server, ms }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('partition' as const), server, ms }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cut the tail' as const),
      server,
      ms,
      bytes: fc.integer({ min: 1, max: 20_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('flip a byte' as const),
      server,
      ms,
      at: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
    }),
  },
);

const step = fc.record({
  after: fc.integer({ min: 0, max: 90 }).map((percent) => percent / 100),
  fault,
});

/** The faults of a run, in order. The same seed gives the same faults. */
export function makeClusterSchedule(seed: number): readonly ClusterStep[] {
  const schedules = fc.noBias(fc.array(step, { minLength: 2, maxLength: 8, size: 'max' }));
  const [made = []] = fc.sample(schedules, { seed, numRuns: 1 });
  return made.toSorted((a, b) => a.after - b.after);
}
