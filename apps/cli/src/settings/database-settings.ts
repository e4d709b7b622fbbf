import { z } from 'zod';
import { exportFormats } from '@cullstream/versions';
import { count, flag, names } from './setting-types.js';
import { allSettings } from './all-settings.js';
import { dataSettings, locking, statusSettings } from './settings.js';

const modelChoice = {
  embedder: true,
  ranker: true,
  crop: true,
  features: true,
  preprocess: true,
  precision: true,
  activation: true,
  device: true,
} as const;

export const verifySettings = statusSettings.extend({
  ...allSettings.pick({
    ...locking,
    ...modelChoice,
    inventory: true,
    only: true,
    minGroupSize: true,
    timeGapMinutes: true,
    embedders: true,
    services: true,
    healthPort: true,
  }).shape,
  originals: allSettings.shape.originals.optional().meta({
    description: 'compare with what this folder of originals holds today',
    placeholder: 'dir',
  }),
  sample: count.optional().meta({
    description: 'number of cached vectors to check in each project (default: all)',
    placeholder: 'n',
  }),
  full: count.optional().meta({
    description: 'number of images in each project to embed again and compare; needs --originals',
    placeholder: 'n',
  }),
  repair: flag.default(false).meta({
    description:
      'process again what is missing, and nothing else, and rebuild damaged databases; needs --originals',
    flag: true,
  }),
});
export type VerifySettings = Readonly<z.infer<typeof verifySettings>>;

export const validateSettings = dataSettings.extend({
  inventory: allSettings.shape.inventory,
  originals: allSettings.shape.originals.optional().meta({
    description: 'folder of originals in which to look for the images of all rows',
    placeholder: 'dir',
  }),
});
export type ValidateSettings = Readonly<z.infer<typeof validateSettings>>;

export const mergeSettings = dataSettings.extend({
  ...allSettings.pick(locking).shape,
  project: names.optional().meta({ description: 'only these projects', placeholder: 'a,b' }),
  only: allSettings.shape.only,
  apply: flag
    .default(false)
    .meta({ description: 'make a verified backup of each database, then merge', flag: true }),
  undo: flag.default(false).meta({
    description: 'undo the last merge: every byte, or every row if other programs use the file',
    flag: true,
  }),
});
export type MergeSettings = Readonly<z.infer<typeof mergeSettings>>;

export const exportSettings = dataSettings.extend({
  project: names
    .optional()
    .meta({ description: 'only these projects (default: all)', placeholder: 'a,b' }),
  format: z
    .enum(exportFormats)
    .default('csv')
    .meta({ description: `file format: ${exportFormats.join(', ')}`, placeholder: 'format' }),
  rows: z.enum(['groups', 'images']).default('groups').meta({
    description: 'one row for each decided group (groups) or for each image (images)',
    placeholder: 'what',
  }),
  out: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'file to write (default: stdout)', placeholder: 'file' }),
});
export type ExportSettings = Readonly<z.infer<typeof exportSettings>>;
