import { ambiguityRules } from '@cullstream/truth';
import { z } from 'zod';
import { allSettings } from './all-settings.js';
import { dataSettings, locking } from './settings.js';

export const truthSettings = dataSettings.extend({
  ...allSettings.pick({ ...locking, originals: true, inventory: true, only: true }).shape,
  finals: z.string().min(1).meta({
    description: 'folder with a folder or zip archive of finished images for each project',
    placeholder: 'dir',
  }),
  ambiguous: z.enum(ambiguityRules).default('list').meta({
    description:
      'what to do where several images of a group were kept: only list them, or take the first',
    placeholder: 'rule',
  }),
});
export type TruthSettings = Readonly<z.infer<typeof truthSettings>>;
