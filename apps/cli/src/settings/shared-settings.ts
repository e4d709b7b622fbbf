import { nameList } from '@cullstream/runtime';
import { z } from 'zod';
import { allSettings } from './all-settings.js';

export const project = nameList
  .optional()
  .meta({ description: 'only these projects', placeholder: 'a,b' });

/** The originals of a command that can do without. */
export function optionalOriginals(description?: string) {
  const { originals } = allSettings.shape;
  const meta = description === undefined ? {} : { description };
  return originals.optional().meta({ ...originals.meta(), ...meta });
}

/** A setting that is taken from an earlier run where it is not named. */
function recalled<T extends z.ZodType>(setting: z.ZodDefault<T> | z.ZodOptional<T>) {
  const { description = '', placeholder } = setting.meta() ?? {};
  return z.optional(setting.unwrap()).meta({
    description: `${description} (default: as in the earlier run)`,
    placeholder,
  });
}

const { embedder, ranker, crop, features, preprocess, precision, activation } = allSettings.shape;

/** Models of a command that is about an earlier run. */
export const recalledModels = {
  embedder: recalled(embedder),
  ranker: recalled(ranker),
  crop: recalled(crop),
  features: recalled(features),
  preprocess: recalled(preprocess),
  precision: recalled(precision),
  activation,
};
