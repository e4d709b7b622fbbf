import { integerWithin, onOrOff } from '@cullstream/runtime';
import { runId } from '@cullstream/contracts';
import { z } from 'zod';
import { allSettings } from './all-settings.js';
import { optionalOriginals } from './shared-settings.js';
import { common, engine, external } from './settings.js';

export const embedderSettings = allSettings
  .pick({
    ...common,
    bytes: true,
    readTimeout: true,
    vectors: true,
    embedder: true,
    preprocess: true,
    precision: true,
    activation: true,
    device: true,
    healthPort: true,
    ...external,
    ...engine,
    maxLoad: true,
  })
  .omit({ json: true })
  .extend({
    originals: optionalOriginals(),
    natsUser: z
      .string()
      .optional()
      .meta({ description: 'user at the broker', placeholder: 'name' }),
    natsPassword: z
      .string()
      .optional()
      .meta({ description: 'password at the broker', placeholder: 'text' }),
    run: runId.optional().meta({
      description: 'id of the run to join (default: the newest that is running)',
      placeholder: 'id',
    }),
    embedders: integerWithin({ min: 1, max: 64 }).default(1).meta({
      description: 'number of embedder processes on this host, which share its cores',
      placeholder: 'n',
    }),
  });
export type EmbedderSettings = Readonly<z.infer<typeof embedderSettings>>;

export const streamsSettings = allSettings.pick({ ...common, ...external, keepRuns: true }).extend({
  prune: onOrOff
    .default(false)
    .meta({ description: 'delete the events of finished runs beyond --keep-runs now', flag: true }),
});
export type StreamsSettings = Readonly<z.infer<typeof streamsSettings>>;
