import { nameList } from '@cullstream/runtime';
import { z } from 'zod';
import { allSettings } from './all-settings.js';

export const project = nameList
  .optional()
  .meta({ description: 'only these projects', placeholder: 'a,b' });

/** The originals folder, for commands that also work without it. */
export function optionalOriginals(description?: string) {
  const { originals } = allSettings.shape;
  const meta = description === undefined ? {} : { description };
  return originals.optional().meta({ ...originals.meta(), ...meta });
}

/** Makes a setting optional. Where it is not given, its value in an earlier run is used. */
function recalled<T extends z.ZodType>(setting: z.ZodDefault<T> | z.ZodOptional<T>) {
  const { description = '', placeholder } = setting.meta() ?? {};
  return z.optional(setting.unwrap()).meta({
    description: `${description} (default: as in the earlier run)`,
    placeholder,
  });
}

const { embedder, ranker, crop, features, preprocess, precision, activation } = allSettings.shape;

/** Model settings of commands that work on an earlier run. */
export const recalledModels = {
  embedder: recalled(embedder),
  ranker: recalled(ranker),
  crop: recalled(crop),
  features: recalled(features),
  preprocess: recalled(preprocess),
  precision: recalled(precision),
  activation,
};
