import { PROJECT_SLOTS } from '@cullstream/bus';
import { integerWithin } from '@cullstream/runtime';
import { z } from 'zod';
import { allSettings } from './all-settings.js';
import { external } from './settings.js';

export const provisionSettings = allSettings
  .pick({ ...external, bytes: true, replicas: true, logLevel: true, config: true })
  .extend({
    nats: allSettings.shape.nats.meta({
      description: 'address of the broker to set up; required',
      placeholder: 'url',
    }),
    embedders: integerWithin({ min: 1, max: 64 }).default(8).meta({
      description: 'number of embedders that may work at the same time',
      placeholder: 'n',
    }),
    writers: integerWithin({ min: 1, max: PROJECT_SLOTS }).default(1).meta({
      description: 'number of writers that share the projects',
      placeholder: 'n',
    }),
  });
export type ProvisionSettings = Readonly<z.infer<typeof provisionSettings>>;

export const keysSettings = allSettings.pick({ logLevel: true, config: true }).extend({
  out: z.string().min(1).default('./keys').meta({
    description: 'folder for the keys and for the list of users that the broker reads',
    placeholder: 'dir',
  }),
});
export type KeysSettings = Readonly<z.infer<typeof keysSettings>>;
