import {
  integerWithin,
  onOrOff,
  positiveInteger,
  positiveNumber,
  share,
} from '@cullstream/runtime';
import { activations, approvablePrecisions } from '@cullstream/contracts';
import { z } from 'zod';
import { allSettings } from './all-settings.js';
import { optionalOriginals } from './shared-settings.js';
import { dataSettings, models } from './settings.js';

export const registry = z.string().min(1).optional().meta({
  description: 'folder of descriptions of known models (default: those of cullstream)',
  placeholder: 'dir',
});

export const modelsSettings = dataSettings.extend({ registry });
export type ModelsSettings = Readonly<z.infer<typeof modelsSettings>>;

export const modelsImportSettings = modelsSettings.extend({
  activation: z
    .enum(activations)
    .optional()
    .meta({
      description: `activation function of an image encoder that is not a known one: ${activations.join(' or ')}; stored beside it`,
      placeholder: 'name',
    }),
  name: z.string().min(1).optional().meta({
    description: 'new name of the file (default: that of the known model, else its own)',
    placeholder: 'name',
  }),
});
export type ModelsImportSettings = Readonly<z.infer<typeof modelsImportSettings>>;

export const modelsPullSettings = modelsSettings.extend({
  from: z.string().min(1).optional().meta({
    description: 'address or file to fetch it from (default: where it was published)',
    placeholder: 'url|file',
  }),
  mirror: z.string().min(1).optional().meta({
    description: 'address below which files are found by their published names',
    placeholder: 'url',
  }),
  retries: integerWithin({ min: 0 })
    .default(8)
    .meta({ description: 'number of attempts after the first', placeholder: 'n' }),
  stallSeconds: positiveNumber.default(30).meta({
    description: 'seconds of silence after which a server is tried again',
    placeholder: 'n',
  }),
});
export type ModelsPullSettings = Readonly<z.infer<typeof modelsPullSettings>>;

export const modelsCheckSettings = modelsSettings.extend({
  ...allSettings.pick({
    ...models,
    inventory: true,
    only: true,
    skip: true,
    minGroupSize: true,
  }).shape,
  originals: optionalOriginals(),
  agreement: onOrOff.default(false).meta({
    description: 'compare int8, fp16 and fast pixels with fp32 and exact ones on your own images',
    flag: true,
  }),
  sample: positiveInteger
    .default(64)
    .meta({ description: 'number of images for --agreement', placeholder: 'n' }),
});
export type ModelsCheckSettings = Readonly<z.infer<typeof modelsCheckSettings>>;

export const modelsApproveSettings = modelsSettings.extend({
  ...allSettings
    .pick({ ...models, inventory: true, only: true, skip: true, minGroupSize: true })
    .omit({ precision: true }).shape,
  originals: optionalOriginals(),
  precision: z
    .enum(approvablePrecisions)
    .optional()
    .meta({
      description: `precision to approve: ${approvablePrecisions.join(' or ')}`,
      placeholder: 'precision',
    }),
  sample: positiveInteger
    .default(600)
    .meta({ description: 'number of images to measure with', placeholder: 'n' }),
  minSamePicks: share.default(0.995).meta({
    description: 'least share of groups in which the same image is selected',
    placeholder: 'share',
  }),
  minCropOverlap: share.default(0.98).meta({
    description: 'least mean overlap of crop boxes (intersection over union)',
    placeholder: 'share',
  }),
  revoke: onOrOff.default(false).meta({
    description: 'end the approval of the precision, or of all if none is named',
    flag: true,
  }),
});
export type ModelsApproveSettings = Readonly<z.infer<typeof modelsApproveSettings>>;
