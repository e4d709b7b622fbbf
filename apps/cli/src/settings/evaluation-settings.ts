import { nameList } from '@cullstream/runtime';
import type { z } from 'zod';
import { registry } from './models-settings.js';
import { diffSettings } from './version-settings.js';

export const evaluateSettings = diffSettings.extend({
  trainedOn: nameList.optional().meta({
    description:
      'projects that the models were trained on, which the verdict leaves out, in addition to those that ' +
      'descriptions of the models name',
    placeholder: 'a,b',
  }),
  registry,
});
export type EvaluateSettings = Readonly<z.infer<typeof evaluateSettings>>;
