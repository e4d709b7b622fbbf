import { someStep, type Maker } from './fault.js';

const pause: Maker = (random, reach) => ({
  kind: 'pause',
  atStep: someStep(random, reach),
  forMs: random.integer(100, 60_000),
});

/** What people do to a run. */
export const pauses: readonly Maker[] = [
  pause,
  pause,
  (random, reach) => ({ kind: 'cancel', atStep: someStep(random, reach) }),
];

/** The power fails, also amid a transaction or a call on a file. */
export const powerLosses: readonly Maker[] = [
  (random, reach) => ({
    kind: 'power-loss-at-call',
    service: random.pick(reach.services.filter((name) => name.startsWith('writer'))),
    nth: random.integer(1, reach.deadlyCalls),
    messagesLost: random.integer(0, 6),
  }),
  (random, reach) => ({
    kind: 'power-loss-at-transaction',
    nth: random.integer(1, reach.transactions),
    moment: random.pick(['before', 'after']),
    messagesLost: random.integer(0, 6),
  }),
  (random, reach) => ({
    kind: 'power-loss',
    atStep: someStep(random, reach),
    messagesLost: random.integer(0, 6),
  }),
];
