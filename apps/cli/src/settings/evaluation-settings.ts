import { nameList } from '@cullstream/runtime';
import type { z } from 'zod';
import { diffSettings } from './version-settings.js';

export const evaluateSettings = diffSettings.extend({
  trainedOn: nameList.optional().meta({
    description: 'projects that the models were trained on, which are no evidence',
    placeholder: 'a,b',
  }),
});
export type EvaluateSettings = Readonly<z.infer<typeof evaluateSettings>>;
