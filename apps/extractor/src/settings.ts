import {
  bytesSetting,
  dataSetting,
  originalsSetting,
  readTimeoutSetting,
  serviceSettings,
  traceSettings,
} from '@cullstream/runtime';
import type { z } from 'zod';

export const extractorSettings = serviceSettings.extend({
  ...traceSettings.shape,
  originals: originalsSetting,
  bytes: bytesSetting,
  data: dataSetting,
  readTimeout: readTimeoutSetting,
});
export type ExtractorSettings = Readonly<z.infer<typeof extractorSettings>>;
