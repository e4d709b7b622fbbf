import type { SimulatedRun } from './simulate-run.js';

export type RunKind = readonly [name: string, run: Omit<SimulatedRun, 'seed'>];

/** Kinds of runs on which the estimated intervals are tested. */
export const runKinds: readonly RunKind[] = [
  ['an even rate', { toEmbed: 1_000, rate: 12, noise: 0.1 }],
  ['an uneven rate', { toEmbed: 2_000, rate: 15, noise: 0.5 }],
  ['slow phases', { toEmbed: 2_000, rate: 12, noise: 0.3, persistence: 0.95 }],
  ['projects that differ', { toEmbed: 3_000, rate: 20, betweenProjects: 0.25 }],
  ['a slow machine', { toEmbed: 300, rate: 1.5, startUpSeconds: 25, batch: 16 }],
  ['much of it cached', { toEmbed: 600, cached: 20_000, rate: 12 }],
  ['all of it cached', { toEmbed: 0, cached: 200_000, rate: 1, cachedRate: 2_500 }],
  ['a pause', { toEmbed: 1_000, rate: 12, pause: { atSeconds: 30, seconds: 600 } }],
  ['an hour', { toEmbed: 20_000, rate: 6, noise: 0.3, betweenProjects: 0.15 }],
  [
    'a warm-up',
    { toEmbed: 1_500, rate: 12, startUpSeconds: 40, warmUp: { seconds: 30, factor: 0.4 } },
  ],
  [
    'cached images in every project',
    { toEmbed: 1_500, cached: 6_000, rate: 12, cachedByProject: true },
  ],
  [
    'short bursts',
    { toEmbed: 3_000, rate: 12, bursts: { everySeconds: 60, seconds: 20, factor: 0.3 } },
  ],
  [
    'long bursts',
    { toEmbed: 6_000, rate: 12, bursts: { everySeconds: 200, seconds: 60, factor: 0.3 } },
  ],
  [
    'a resumed run',
    { toEmbed: 4_000, rate: 12, doneBefore: 2_600, noise: 0.3, betweenProjects: 0.2 },
  ],
  ['a resumed run, partly cached', { toEmbed: 4_000, cached: 3_000, rate: 12, doneBefore: 2_000 }],
  [
    'some projects with large images',
    { toEmbed: 6_000, rate: 20, largeImages: { share: 0.2, factor: 4 } },
  ],
  [
    'half the projects with large images',
    { toEmbed: 6_000, rate: 20, largeImages: { share: 0.5, factor: 3 } },
  ],
  [
    'an embedder that leaves',
    { toEmbed: 4_000, rate: 20, slowdown: { atSeconds: 100, factor: 0.5 } },
  ],
  ['an embedder that joins', { toEmbed: 6_000, rate: 10, slowdown: { atSeconds: 250, factor: 2 } }],
  ['a short and uneven run', { toEmbed: 300, rate: 10, noise: 0.5, persistence: 0.8 }],
];
