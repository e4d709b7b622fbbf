import { z } from 'zod';
import { whole } from './setting-types.js';
import { allSettings, external } from './settings.js';

export const provisionSettings = allSettings
  .pick({ ...external, bytes: true, logLevel: true, config: true })
  .extend({
    embedders: whole({ min: 1, max: 64 }).default(8).meta({
      description: 'embedders that may work at the same time',
      placeholder: 'n',
    }),
  });
export type ProvisionSettings = Readonly<z.infer<typeof provisionSettings>>;

export const keysSettings = allSettings.pick({ logLevel: true, config: true }).extend({
  out: z.string().min(1).default('./keys').meta({
    description: 'folder of the seeds, and of the users for the broker',
    placeholder: 'dir',
  }),
});
export type KeysSettings = Readonly<z.infer<typeof keysSettings>>;
