import { runId } from '@cullstream/contracts';
import type { z } from 'zod';
import { allSettings } from './all-settings.js';
import { common, external, locking } from './settings.js';

export const controlSettings = allSettings.pick({ ...common, ...external, ...locking });
export type ControlSettings = Readonly<z.infer<typeof controlSettings>>;

export const prioritiseSettings = controlSettings.extend({
  run: runId
    .optional()
    .meta({ description: 'id of the run (default: the one that is running)', placeholder: 'id' }),
});
export type PrioritiseSettings = Readonly<z.infer<typeof prioritiseSettings>>;
