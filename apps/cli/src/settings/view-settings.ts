import type { z } from 'zod';
import { allSettings } from './all-settings.js';
import { dataSettings, external, page } from './settings.js';
import { optionalOriginals } from './shared-settings.js';

export const viewSettings = dataSettings.extend({
  ...allSettings.pick({ ...page, ...external }).shape,
  originals: optionalOriginals(
    'folder of your images, for the pictures (default: of the last run)',
  ),
});
export type ViewSettings = Readonly<z.infer<typeof viewSettings>>;
