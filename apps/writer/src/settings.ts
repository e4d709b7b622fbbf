import { dataSetting, serviceSettings, traceSettings } from '@cullstream/runtime';
import type { z } from 'zod';

export const writerSettings = serviceSettings.extend({ ...traceSettings.shape, data: dataSetting });
export type WriterSettings = Readonly<z.infer<typeof writerSettings>>;
