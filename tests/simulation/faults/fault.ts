import { Random } from '../../support/random.js';
import { isDeployed, type Ingredients } from '../ingredients.js';
import type { Size } from '../world/example.js';
import { pauses, powerLosses } from './more-faults.js';
import { toServiceNames, type ServiceName } from '../world/simulated-service.js';

/** Something that goes wrong. `atStep` counts the steps of all processes together. */
export type Fault =
  | { readonly kind: 'kill'; readonly atStep: number; readonly service: ServiceName }
  | {
      readonly kind: 'suspend';
      readonly atStep: number;
      readonly process: ServiceName | 'nats-server';
      readonly ms: number;
    }
  | { readonly kind: 'stop'; readonly atStep: number; readonly service: ServiceName }
  | { readonly kind: 'kill-command'; readonly atStep: number }
  | {
      readonly kind: 'kill-broker';
      readonly atStep: number;
      readonly awayMs: number;
      readonly settlementsLost: number;
      readonly areCountsLost: boolean;
    }
  | { readonly kind: 'power-loss'; readonly atStep: number; readonly messagesLost: number }
  | { readonly kind: 'cut'; readonly atStep: number; readonly process: ServiceName | 'all' }
  | {
      readonly kind: 'slow-network';
      readonly atStep: number;
      readonly ms: number;
      readonly forMs: number;
    }
  | {
      readonly kind: 'slow-disk';
      readonly atStep: number;
      readonly ms: number;
      readonly forMs: number;
    }
  | { readonly kind: 'redeliver'; readonly atStep: number }
  | { readonly kind: 'pause'; readonly atStep: number; readonly forMs: number }
  | { readonly kind: 'cancel'; readonly atStep: number }
  | { readonly kind: 'lose-answers'; readonly nth: number; readonly count: number }
  | { readonly kind: 'lose-acknowledgements'; readonly nth: number; readonly count: number }
  | {
      readonly kind: 'file';
      readonly service: ServiceName;
      readonly on: 'read' | 'write';
      readonly nth: number;
      readonly count: number;
      readonly code: 'ENOSPC' | 'EIO';
      readonly isTorn: boolean;
    }
  | {
      readonly kind: 'kill-at-call';
      readonly service: ServiceName;
      readonly nth: number;
      readonly isTorn: boolean;
    }
  | {
      readonly kind: 'transaction';
      readonly nth: number;
      readonly count: number;
      readonly code: 'SQLITE_FULL' | 'SQLITE_IOERR_WRITE' | 'SQLITE_BUSY';
    }
  | {
      readonly kind: 'power-loss-at-call';
      readonly service: ServiceName;
      readonly nth: number;
      readonly messagesLost: number;
    }
  | {
      readonly kind: 'power-loss-at-transaction';
      readonly nth: number;
      readonly moment: 'before' | 'after';
      readonly messagesLost: number;
    }
  | {
      readonly kind: 'kill-at-transaction';
      readonly nth: number;
      readonly moment: 'before' | 'after';
    };

/** Up to which step, message, call or transaction faults begin: somewhat more than an undisturbed run has. */
interface Reach {
  readonly steps: number;
  readonly answers: number;
  readonly acknowledgements: number;
  readonly failingCalls: number;
  readonly deadlyCalls: number;
  readonly transactions: number;
}

const reaches: Readonly<Record<Size, Reach>> = {
  small: {
    steps: 1_100,
    answers: 25,
    acknowledgements: 15,
    failingCalls: 30,
    deadlyCalls: 70,
    transactions: 4,
  },
  large: {
    steps: 1_500,
    answers: 60,
    acknowledgements: 40,
    failingCalls: 40,
    deadlyCalls: 80,
    transactions: 12,
  },
};
const MOST_FAULTS = 8;
/** Of those that an ingredient adds. */
const MOST_OF_A_KIND = 3;
/** How many times as many steps deployed services take: they look for runs, and at their locks. */
const DEPLOYED_STEPS = 1.5;

/** Every so manieth seed works on many images. */
const LARGE_EVERY = 8;

export function toSize(seed: number): Size {
  return seed % LARGE_EVERY === 0 ? 'large' : 'small';
}

/** The faults that a seed stands for. */
export function makeFaults(seed: number, ingredients: Ingredients): Fault[] {
  const random = new Random(seed ^ 0x5bd1_e995);
  const usual = reaches[toSize(seed)];
  const steps = isDeployed(ingredients) ? usual.steps * DEPLOYED_STEPS : usual.steps;
  const reach = { ...usual, steps, services: toServiceNames(ingredients) };
  const faults = Array.from({ length: random.integer(1, MOST_FAULTS) }, () =>
    random.pick(makers)(random, reach),
  );
  // Drawn afterwards, so that the others stay those of the seed.
  for (const more of [
    ...(ingredients.pauses ? [pauses] : []),
    ...(ingredients.unsynced ? [powerLosses] : []),
  ]) {
    for (let left = random.integer(1, MOST_OF_A_KIND); left > 0; left--) {
      faults.push(random.pick(more)(random, reach));
    }
  }
  return faults;
}

/** Draws a fault. */
export type Maker = (
  random: Random,
  reach: Reach & { readonly services: readonly ServiceName[] },
) => Fault;

export const someStep = (random: Random, { steps }: Reach) => random.integer(1, Math.trunc(steps));
const someService = (random: Random, { services }: Parameters<Maker>[1]) => random.pick(services);
const coin = (random: Random) => random.integer(0, 1) === 1;

const kill: Maker = (random, reach) => ({
  kind: 'kill',
  atStep: someStep(random, reach),
  service: someService(random, reach),
});

const makers: readonly Maker[] = [
  kill,
  kill,
  kill,
  (random, reach) => ({
    kind: 'suspend',
    atStep: someStep(random, reach),
    process: random.pick([...reach.services, 'nats-server']),
    ms: random.integer(1_000, 60_000),
  }),
  (random, reach) => ({
    kind: 'stop',
    atStep: someStep(random, reach),
    service: someService(random, reach),
  }),
  (random, reach) => ({ kind: 'kill-command', atStep: someStep(random, reach) }),
  (random, reach) => ({
    kind: 'kill-broker',
    atStep: someStep(random, reach),
    awayMs: random.integer(50, 20_000),
    settlementsLost: random.integer(0, 40),
    areCountsLost: coin(random),
  }),
  (random, reach) => ({
    kind: 'cut',
    atStep: someStep(random, reach),
    process: random.pick([...reach.services, 'all']),
  }),
  (random, reach) => ({
    kind: 'slow-network',
    atStep: someStep(random, reach),
    ms: random.integer(10, 3_000),
    forMs: random.integer(1_000, 30_000),
  }),
  (random, reach) => ({
    kind: 'slow-disk',
    atStep: someStep(random, reach),
    ms: random.integer(10, 20_000),
    forMs: random.integer(1_000, 60_000),
  }),
  (random, reach) => ({ kind: 'redeliver', atStep: someStep(random, reach) }),
  (random, reach) => ({
    kind: 'lose-answers',
    nth: random.integer(1, reach.answers),
    count: random.integer(1, 5),
  }),
  (random, reach) => ({
    kind: 'lose-acknowledgements',
    nth: random.integer(1, reach.acknowledgements),
    count: random.integer(1, 10),
  }),
  (random, reach) => {
    const service = someService(random, reach);
    const on = random.pick(['read', 'write'] as const);
    return {
      kind: 'file',
      ...{ service, on },
      nth: random.integer(1, reach.failingCalls),
      count: random.integer(1, 3),
      code: random.pick(['ENOSPC', 'EIO']),
      isTorn: coin(random),
    };
  },
  (random, reach) => ({
    kind: 'kill-at-call',
    service: someService(random, reach),
    nth: random.integer(1, reach.deadlyCalls),
    isTorn: coin(random),
  }),
  (random, reach) => ({
    kind: 'transaction',
    nth: random.integer(1, reach.transactions),
    count: random.integer(1, 4),
    code: random.pick(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_BUSY']),
  }),
  (random, reach) => ({
    kind: 'kill-at-transaction',
    nth: random.integer(1, reach.transactions),
    moment: random.pick(['before', 'after']),
  }),
  (random, reach) => ({
    kind: 'power-loss',
    atStep: someStep(random, reach),
    messagesLost: random.integer(0, 6),
  }),
];
