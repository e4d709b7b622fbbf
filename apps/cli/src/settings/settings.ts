import { z } from 'zod';
import { allSettings } from './all-settings.js';

/** Settings for how the embedder uses the machine. */
export const engine = {
  workers: true,
  threads: true,
  batch: true,
  decodes: true,
  memoryCap: true,
} as const;
/** Settings of every command that uses models. */
export const models = {
  embedder: true,
  ranker: true,
  crop: true,
  features: true,
  preprocess: true,
  precision: true,
  activation: true,
  device: true,
} as const;
/** Settings of every command that can connect to an external broker. */
export const external = { nats: true, natsSeedFile: true, natsCaFile: true } as const;
/** Settings of every command that locks the data folder, so that only one command works in it. */
export const locking = { takeOver: true } as const;
/** Settings of every command that serves the page. */
export const page = { pagePort: true, pageHost: true } as const;
/** Settings of all commands. */
export const common = {
  data: true,
  cache: true,
  json: true,
  logLevel: true,
  config: true,
} as const;

export const planSettings = allSettings.pick({
  ...common,
  originals: true,
  inventory: true,
  only: true,
  skip: true,
  ...models,
  minGroupSize: true,
  timeGapMinutes: true,
  legacyCache: true,
  vectors: true,
  readTimeout: true,
  // This command does not connect to the broker. It has these settings because it takes the same
  // command line as a run.
  ...external,
});
export type PlanSettings = Readonly<z.infer<typeof planSettings>>;

export const runSettings = planSettings.extend(
  allSettings.pick({
    ...engine,
    ...locking,
    embedders: true,
    bytes: true,
    replicas: true,
    restart: true,
    keepRuns: true,
    services: true,
    healthPort: true,
    page: true,
    ...page,
    notify: true,
    stallMinutes: true,
    detach: true,
    until: true,
    maxLoad: true,
  }).shape,
);
export type RunSettings = Readonly<z.infer<typeof runSettings>>;

export const dataSettings = allSettings.pick(common);
export type DataSettings = Readonly<z.infer<typeof dataSettings>>;

export const statusSettings = dataSettings.extend(allSettings.pick({ ...external }).shape);
export type StatusSettings = Readonly<z.infer<typeof statusSettings>>;

export const demoSettings = allSettings
  .pick({ cache: true, json: true, logLevel: true, config: true, page: true, ...page })
  .extend({
    dir: z.string().min(1).default('./demo').meta({
      description: 'folder for example originals, weights and results',
      placeholder: 'dir',
    }),
  });
export type DemoSettings = Readonly<z.infer<typeof demoSettings>>;
