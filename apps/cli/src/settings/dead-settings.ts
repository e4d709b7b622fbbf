import type { z } from 'zod';
import { names } from './setting-types.js';
import { allSettings, common, external, locking, runSettings } from './settings.js';

const deadSelection = {
  reason: names.optional().meta({ description: 'only these reasons', placeholder: 'a,b' }),
  project: names.optional().meta({ description: 'only these projects', placeholder: 'a,b' }),
};
export const deadSettings = allSettings
  .pick({ ...common, ...external, ...locking })
  .extend(deadSelection);
export type DeadSettings = Readonly<z.infer<typeof deadSettings>>;

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
  .extend(deadSelection);
export type DeadRetrySettings = Readonly<z.infer<typeof deadRetrySettings>>;
