import { dataSetting, serviceSettings } from '@cullstream/runtime';
import type { z } from 'zod';

export const reporterSettings = serviceSettings.extend({ data: dataSetting });
export type ReporterSettings = Readonly<z.infer<typeof reporterSettings>>;
