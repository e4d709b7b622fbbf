import fc from 'fast-check';

export const SERVICES = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'] as const;
const TARGETS = [...SERVICES, 'broker'] as const;
export type Target = (typeof TARGETS)[number];

/** A fault. Durations are in milliseconds. */
export type Fault =
  | { readonly kind: 'kill'; readonly target: Target; readonly signal: NodeJS.Signals }
  | { readonly kind: 'stand still'; readonly target: Target; readonly ms: number }
  | { readonly kind: 'few file handles'; readonly target: Target; readonly ms: number }
  | { readonly kind: 'little memory'; readonly target: Target; readonly ms: number }
  | { readonly kind: 'kill the command' }
  | { readonly kind: 'interrupt the command'; readonly times: 1 | 2 }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'start a second command' }
  | { readonly kind: 'take the originals away'; readonly ms: number }
  | { readonly kind: 'take the data folder away'; readonly ms: number }
  | { readonly kind: 'cut an archive off'; readonly ms: number }
  | { readonly kind: 'replace an archive'; readonly ms: number }
  | { readonly kind: 'fill the disk'; readonly ms: number }
  | { readonly kind: 'cut the connections' }
  | { readonly kind: 'slow the connections'; readonly ms: number }
  | { readonly kind: 'move the clock'; readonly seconds: number };

/** A fault, and the share of the images, 0 to 1, that are embedded before it happens. */
export interface Step {
  readonly after: number;
  readonly fault: Fault;
}

/** What happens to a run. */
export interface Schedule {
  /** The broker is not the run's own, and is reached through a proxy that cuts and slows connections. */
  readonly isBrokerApart: boolean;
  readonly steps: readonly Step[];
}

const MOST_STEPS = 10;
const target = fc.constantFrom(...TARGETS);
const signal = fc.constantFrom<NodeJS.Signals>(
  ...(['SIGKILL', 'SIGKILL', 'SIGABRT', 'SIGSEGV', 'SIGTERM'] as const),
);
/** Most are short; some last longer than the broker waits for an acknowledgement. */
const shortMs = fc.integer({ min: 50, max: 3_000 });
const longMs = fc.integer({ min: 3_000, max: 20_000 });
const ms = fc.oneof({ arbitrary: shortMs, weight: 5 }, { arbitrary: longMs, weight: 1 });

function lasting<Kind extends Fault['kind']>(kind: Kind) {
  return fc.record({ kind: fc.constant(kind), ms: shortMs });
}

function ofTarget<Kind extends Fault['kind']>(kind: Kind) {
  return fc.record({ kind: fc.constant(kind), target, ms: shortMs });
}

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('kill' as const), target, signal }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('stand still' as const), target, ms }) },
  { weight: 2, arbitrary: fc.constant<Fault>({ kind: 'kill the command' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('interrupt the command' as const),
      times: fc.constantFrom(1 as const, 2 as const),
    }),
  },
  { weight: 2, arbitrary: lasting('pause') },
  { weight: 2, arbitrary: fc.constant<Fault>({ kind: 'start a second command' }) },
  { weight: 2, arbitrary: lasting('take the originals away') },
  { weight: 2, arbitrary: lasting('take the data folder away') },
  { weight: 1, arbitrary: lasting('cut an archive off') },
  { weight: 1, arbitrary: lasting('replace an archive') },
  { weight: 2, arbitrary: lasting('fill the disk') },
  { weight: 2, arbitrary: fc.constant<Fault>({ kind: 'cut the connections' }) },
  { weight: 2, arbitrary: lasting('slow the connections') },
  { weight: 1, arbitrary: ofTarget('few file handles') },
  { weight: 1, arbitrary: ofTarget('little memory') },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('move the clock' as const),
      seconds: fc.constantFrom(-86_400, -3_600, -30, 30, 3_600, 86_400),
    }),
  },
);

const step: fc.Arbitrary<Step> = fc.record({
  after: fc.integer({ min: 0, max: 95 }).map((percent) => percent / 100),
  fault,
});

/** What happens to a run, in order. The same seed gives the same. */
export function makeSchedule(seed: number): Schedule {
  // Without fast-check's preference for small and extreme values.
  const steps = fc.array(step, { minLength: 3, maxLength: MOST_STEPS, size: 'max' });
  const schedules = fc.noBias(fc.record({ isBrokerApart: fc.boolean(), steps }));
  const [made] = fc.sample(schedules, { seed, numRuns: 1 });
  if (made === undefined) throw new Error(`no schedule for seed ${seed}`);
  return { ...made, steps: made.steps.toSorted((a, b) => a.after - b.after) };
}
