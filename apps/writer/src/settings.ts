import { dataSetting, serviceSettings } from '@cullstream/runtime';
import type { z } from 'zod';

export const writerSettings = serviceSettings.extend({ data: dataSetting });
export type WriterSettings = Readonly<z.infer<typeof writerSettings>>;
