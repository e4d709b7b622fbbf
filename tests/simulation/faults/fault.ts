import { Random } from '../../support/random.js';
import { serviceNames, type ServiceName } from '../world/simulated-service.js';

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
      readonly kind: 'kill-at-transaction';
      readonly nth: number;
      readonly moment: 'before' | 'after';
    };

/** Somewhat more than an undisturbed run takes. */
const STEPS = 1_500;
const MOST_FAULTS = 8;

/** The faults that a seed stands for. */
export function makeFaults(seed: number): Fault[] {
  const random = new Random(seed ^ 0x5bd1_e995);
  return Array.from({ length: random.integer(1, MOST_FAULTS) }, () => random.pick(makers)(random));
}

type Maker = (random: Random) => Fault;

const someStep = (random: Random) => random.integer(1, STEPS);
const someService = (random: Random) => random.pick(serviceNames);
const coin = (random: Random) => random.integer(0, 1) === 1;

const kill: Maker = (random) => ({
  kind: 'kill',
  atStep: someStep(random),
  service: someService(random),
});

const makers: readonly Maker[] = [
  kill,
  kill,
  kill,
  (random) => ({
    kind: 'suspend',
    atStep: someStep(random),
    process: random.pick([...serviceNames, 'nats-server']),
    ms: random.integer(1_000, 60_000),
  }),
  (random) => ({ kind: 'stop', atStep: someStep(random), service: someService(random) }),
  (random) => ({ kind: 'kill-command', atStep: someStep(random) }),
  (random) => ({
    kind: 'kill-broker',
    atStep: someStep(random),
    awayMs: random.integer(50, 20_000),
    settlementsLost: random.integer(0, 40),
    areCountsLost: coin(random),
  }),
  (random) => ({
    kind: 'cut',
    atStep: someStep(random),
    process: random.pick([...serviceNames, 'all']),
  }),
  (random) => ({
    kind: 'slow-network',
    atStep: someStep(random),
    ms: random.integer(10, 3_000),
    forMs: random.integer(1_000, 30_000),
  }),
  (random) => ({
    kind: 'slow-disk',
    atStep: someStep(random),
    ms: random.integer(10, 20_000),
    forMs: random.integer(1_000, 60_000),
  }),
  (random) => ({ kind: 'redeliver', atStep: someStep(random) }),
  (random) => ({ kind: 'lose-answers', nth: random.integer(1, 60), count: random.integer(1, 5) }),
  (random) => ({
    kind: 'lose-acknowledgements',
    nth: random.integer(1, 40),
    count: random.integer(1, 10),
  }),
  (random) => {
    const service = someService(random);
    const on = random.pick(['read', 'write'] as const);
    // A bad sector under the cache's index costs lines of it: so it is decided, and repaired by `verify`.
    const isDecided = service.startsWith('embedder') && on === 'write';
    return {
      kind: 'file',
      ...{ service, on },
      nth: random.integer(1, 40),
      count: random.integer(1, 3),
      code: isDecided ? 'ENOSPC' : random.pick(['ENOSPC', 'EIO']),
      isTorn: coin(random),
    };
  },
  (random) => ({
    kind: 'kill-at-call',
    service: someService(random),
    nth: random.integer(1, 80),
    isTorn: coin(random),
  }),
  (random) => ({
    kind: 'transaction',
    nth: random.integer(1, 12),
    count: random.integer(1, 4),
    code: random.pick(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_BUSY']),
  }),
  (random) => ({
    kind: 'kill-at-transaction',
    nth: random.integer(1, 12),
    moment: random.pick(['before', 'after']),
  }),
  (random) => ({
    kind: 'power-loss',
    atStep: someStep(random),
    messagesLost: random.integer(0, 6),
  }),
];
