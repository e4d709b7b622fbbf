import {
  cacheSetting,
  dataSetting,
  notificationSettings,
  originalsSetting,
  pageSettings,
  positiveInteger,
  serviceSettings,
} from '@cullstream/runtime';
import type { z } from 'zod';

export const reporterSettings = serviceSettings.extend({
  data: dataSetting,
  cache: cacheSetting,
  originals: originalsSetting
    .optional()
    .describe(
      'folder of the originals, or s3://bucket/prefix, for the pictures of page and report',
    ),
  embedders: positiveInteger.optional().describe('embedders that were started for the run'),
  ...pageSettings.shape,
  ...notificationSettings.shape,
});
export type ReporterSettings = Readonly<z.infer<typeof reporterSettings>>;
