import { activations, deviceChoices, precisions, preprocessings } from '@cullstream/contracts';
import {
  bytesSetting,
  cacheSetting,
  dataSetting,
  integerWithin,
  originalsSetting,
  positiveInteger,
  readTimeoutSetting,
  serviceSettings,
  traceSettings,
  vectorsChoice,
} from '@cullstream/runtime';
import { z } from 'zod';

export const embedderSettings = serviceSettings.extend({
  ...traceSettings.shape,
  originals: originalsSetting
    .optional()
    .describe('folder of the originals, or s3://bucket/prefix; read only'),
  bytes: bytesSetting,
  readTimeout: readTimeoutSetting,
  data: dataSetting,
  cache: cacheSetting,
  vectors: vectorsChoice
    .default('auto')
    .describe(
      'new embeddings in a .npy file each (files) or packed, many in a file; auto: as those that are there, else packed where the smallest file takes more than 16 KiB; s3://bucket/prefix: packed, and shared in a bucket',
    ),
  embedder: z.string().min(1).optional().describe('file of the CLIP image encoder'),
  preprocess: z.enum(preprocessings).default('exact').describe('exact pixels, or fast shrinking'),
  precision: z.enum(precisions).default('fp32').describe('precision of inference'),
  activation: z
    .enum(activations)
    .optional()
    .describe(
      `activation of a checkpoint that is not known: ${activations.join(' or ')}; default: quick-gelu is assumed`,
    ),
  device: z
    .enum(deviceChoices)
    .default('cpu')
    .describe(`what infers: ${deviceChoices.join(', ')}`),
  memoryCap: positiveInteger
    .optional()
    .describe('MB that the embedder may take; default: 192 MB of images at the same time'),
  workers: integerWithin({ min: 1, max: 256 })
    .optional()
    .describe(
      'workers, one session each; default: as measured by `doctor --tune`, else the cores, or 1 on a device other than the processor',
    ),
  threads: integerWithin({ min: 1, max: 256 })
    .optional()
    .describe('threads of one inference; default: as measured, else 1'),
  batch: integerWithin({ min: 1, max: 64 })
    .optional()
    .describe(
      'images of one inference; default: as measured, else 8, or 16 on a device other than the processor',
    ),
  decodes: integerWithin({ min: 1, max: 64 })
    .optional()
    .describe(
      'images a worker decodes at the same time (PNGs one by one with --threads 1 on the processor); default: as measured, else 2, or the cores where another device infers',
    ),
});
export type EmbedderSettings = Readonly<z.infer<typeof embedderSettings>>;
