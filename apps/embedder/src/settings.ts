import { precisions, preprocessings } from '@cullstream/contracts';
import { devices } from '@cullstream/inference';
import {
  bytesSetting,
  cacheSetting,
  dataSetting,
  originalsSetting,
  serviceSettings,
} from '@cullstream/runtime';
import { z } from 'zod';

const count = z.coerce.number().int().positive();

export const embedderSettings = serviceSettings.extend({
  originals: originalsSetting.optional(),
  bytes: bytesSetting,
  data: dataSetting,
  cache: cacheSetting,
  embedder: z.string().min(1).optional().describe('file of the CLIP image encoder'),
  preprocess: z.enum(preprocessings).default('exact').describe('exact pixels, or fast shrinking'),
  precision: z.enum(precisions).default('fp32').describe('precision of inference'),
  device: z
    .enum(devices)
    .default('cpu')
    .describe(`what infers: ${devices.join(', ')}`),
  workers: count.optional().describe('inference threads, one session each; default: the cores'),
  batch: count.max(64).default(8).describe('images of one inference'),
});
export type EmbedderSettings = Readonly<z.infer<typeof embedderSettings>>;
