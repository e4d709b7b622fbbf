import { onOrOff, positiveInteger } from '@cullstream/runtime';
import { z } from 'zod';
import { allSettings } from './all-settings.js';
import { optionalOriginals } from './shared-settings.js';
import { models, statusSettings } from './settings.js';

export const doctorSettings = statusSettings.extend({
  ...allSettings.pick({ ...models, vectors: true }).shape,
  originals: optionalOriginals(),
  tune: onOrOff.default(false).meta({
    description:
      'measure how this machine embeds fastest, for later runs to use: device, batch, workers and decode threads; about a minute, and up to 90 s of measuring more for each other device and precision',
    flag: true,
  }),
  memoryCap: positiveInteger.optional().meta({
    description: 'with --tune: memory limit of one embedder in MB (default: half of all)',
    placeholder: 'mb',
  }),
});
export type DoctorSettings = Readonly<z.infer<typeof doctorSettings>>;
