import { z } from 'zod';
import { count, flag } from './setting-types.js';
import { allSettings } from './all-settings.js';
import { statusSettings } from './settings.js';

export const doctorSettings = statusSettings.extend({
  ...allSettings.pick({
    embedder: true,
    ranker: true,
    crop: true,
    features: true,
    preprocess: true,
    precision: true,
    activation: true,
    device: true,
  }).shape,
  originals: allSettings.shape.originals.optional().meta({
    description: 'folder of your images (zip archives and folders); only read',
    placeholder: 'dir',
  }),
  tune: flag.default(false).meta({
    description: 'measure in a minute how this machine embeds fastest, for later runs to use',
    flag: true,
  }),
  memoryCap: count.optional().meta({
    description: 'with --tune: memory limit of one embedder in MB (default: half of all)',
    placeholder: 'mb',
  }),
});
export type DoctorSettings = Readonly<z.infer<typeof doctorSettings>>;
