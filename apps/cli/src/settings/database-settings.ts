import { onOrOff, positiveInteger } from '@cullstream/runtime';
import { z } from 'zod';
import { exportFormats } from '@cullstream/versions';
import { optionalOriginals, project } from './shared-settings.js';
import { allSettings } from './all-settings.js';
import { dataSettings, locking, models, statusSettings } from './settings.js';

export const verifySettings = statusSettings.extend({
  ...allSettings.pick({
    ...locking,
    ...models,
    inventory: true,
    only: true,
    minGroupSize: true,
    timeGapMinutes: true,
    embedders: true,
    vectors: true,
    services: true,
    healthPort: true,
  }).shape,
  originals: optionalOriginals('compare with what this folder of originals holds today'),
  sample: positiveInteger.optional().meta({
    description: 'number of cached vectors to check in each project (default: all)',
    placeholder: 'n',
  }),
  full: positiveInteger.optional().meta({
    description: 'number of images in each project to embed again and compare; needs --originals',
    placeholder: 'n',
  }),
  repair: onOrOff.default(false).meta({
    description:
      'process again what is missing, and nothing else, and rebuild damaged databases; needs --originals',
    flag: true,
  }),
});
export type VerifySettings = Readonly<z.infer<typeof verifySettings>>;

export const validateSettings = dataSettings.extend({
  inventory: allSettings.shape.inventory,
  originals: optionalOriginals('folder of originals in which to look for the images of all rows'),
});
export type ValidateSettings = Readonly<z.infer<typeof validateSettings>>;

export const mergeSettings = dataSettings.extend({
  ...allSettings.pick(locking).shape,
  project,
  only: project
    .unwrap()
    .optional()
    .meta({ description: 'the same as --project', placeholder: 'a,b' }),
  apply: onOrOff
    .default(false)
    .meta({ description: 'make a verified backup of each database, then merge', flag: true }),
  undo: onOrOff.default(false).meta({
    description:
      'undo the last merge: restore the bytes of the file, or only its rows if other programs use it',
    flag: true,
  }),
});
export type MergeSettings = Readonly<z.infer<typeof mergeSettings>>;

export const exportVectorsSettings = dataSettings.extend({
  ...allSettings.pick({ cache: true, vectors: true }).shape,
  recipe: z.string().min(1).optional().meta({
    description: 'id of the only embedding recipe to export (default: all)',
    placeholder: 'id',
  }),
});
export type ExportVectorsSettings = Readonly<z.infer<typeof exportVectorsSettings>>;

export const exportSettings = dataSettings.extend({
  project,
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
