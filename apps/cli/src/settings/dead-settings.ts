import { nameList, onOrOff } from '@cullstream/runtime';
import { z } from 'zod';
import { recalledModels, project } from './shared-settings.js';
import { allSettings } from './all-settings.js';
import { common, external, locking, runSettings } from './settings.js';

const deadSelection = {
  reason: nameList
    .optional()
    .meta({ description: 'only failures with these reasons', placeholder: 'a,b' }),
  project,
};
export const deadSettings = allSettings
  .pick({ ...common, ...external, ...locking })
  .extend(deadSelection);
export type DeadSettings = Readonly<z.infer<typeof deadSettings>>;

export const deadAcceptSettings = deadSettings.extend({
  why: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'reason for accepting them, shown by `dead show`', placeholder: 'text' }),
  undo: onOrOff.default(false).meta({ description: 'no longer accept them', flag: true }),
});
export type DeadAcceptSettings = Readonly<z.infer<typeof deadAcceptSettings>>;

export const deadRetrySettings = runSettings
  .omit({
    only: true,
    skip: true,
    restart: true,
    detach: true,
    bytes: true,
    until: true,
    maxLoad: true,
  })
  .extend({ ...deadSelection, ...recalledModels });
export type DeadRetrySettings = Readonly<z.infer<typeof deadRetrySettings>>;
