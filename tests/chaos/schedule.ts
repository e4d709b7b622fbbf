import fc from 'fast-check';

export const SERVICES = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'] as const;
const TARGETS = [...SERVICES, 'broker'] as const;
export type Target = (typeof TARGETS)[number];

/** A fault. Durations are in milliseconds. */
export type Fault =
  | { readonly kind: 'kill'; readonly target: Target; readonly signal: NodeJS.Signals }
  | { readonly kind: 'stand still'; readonly target: Target; readonly ms: number }
  | { readonly kind: 'kill the command' }
  | { readonly kind: 'interrupt the command'; readonly times: 1 | 2 }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'start a second command' }
  | { readonly kind: 'take the originals away'; readonly ms: number }
  | { readonly kind: 'fill the disk'; readonly ms: number };

/** A fault, and the share of the images, 0 to 1, that are embedded before it happens. */
export interface Step {
  readonly after: number;
  readonly fault: Fault;
}

const MOST_STEPS = 10;
const target = fc.constantFrom(...TARGETS);
const signal = fc.constantFrom<NodeJS.Signals>('SIGKILL', 'SIGKILL', 'SIGABRT', 'SIGSEGV');
/** Most are short; some last longer than the broker waits for an acknowledgement. */
const shortMs = fc.integer({ min: 50, max: 3_000 });
const longMs = fc.integer({ min: 3_000, max: 20_000 });
const ms = fc.oneof({ arbitrary: shortMs, weight: 5 }, { arbitrary: longMs, weight: 1 });

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('kill' as const), target, signal }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('stand still' as const), target, ms }) },
  { weight: 1, arbitrary: fc.constant<Fault>({ kind: 'kill the command' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('interrupt the command' as const),
      times: fc.constantFrom(1 as const, 2 as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const), ms: shortMs }) },
  { weight: 1, arbitrary: fc.constant<Fault>({ kind: 'start a second command' }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('take the originals away' as const), ms: shortMs }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fill the disk' as const), ms: shortMs }) },
);

const step: fc.Arbitrary<Step> = fc.record({
  after: fc.integer({ min: 0, max: 95 }).map((percent) => percent / 100),
  fault,
});

/** The faults of a run, in order. The same seed gives the same faults. */
export function makeSchedule(seed: number): readonly Step[] {
  // Without fast-check's preference for small and extreme values.
  const schedules = fc.noBias(fc.array(step, { minLength: 3, maxLength: MOST_STEPS, size: 'max' }));
  const [made = []] = fc.sample(schedules, { seed, numRuns: 1 });
  return made.toSorted((a, b) => a.after - b.after);
}
