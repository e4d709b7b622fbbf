import { bytesSetting, dataSetting, originalsSetting, serviceSettings } from '@cullstream/runtime';
import type { z } from 'zod';

export const extractorSettings = serviceSettings.extend({
  originals: originalsSetting,
  bytes: bytesSetting,
  data: dataSetting,
});
export type ExtractorSettings = Readonly<z.infer<typeof extractorSettings>>;
