import { replayStages, runId } from '@cullstream/contracts';
import { z } from 'zod';
import { flag, names, time } from './setting-types.js';
import { recalledModels } from './recalled-models.js';
import { allSettings } from './all-settings.js';
import { common, engine, external, locking, runSettings } from './settings.js';

export const replaySettings = runSettings
  .pick({
    ...common,
    device: true,
    embedders: true,
    ...engine,
    ...external,
    ...locking,
    restart: true,
    keepRuns: true,
    healthPort: true,
    services: true,
    until: true,
    maxLoad: true,
  })
  .extend({
    ...recalledModels,
    from: z.enum(replayStages).default('embeddings').meta({
      description:
        'stored events to start from: embeddings (new ranker or crop proposer) or images (new image encoder)',
      placeholder: 'stage',
    }),
    project: names.optional().meta({ description: 'only these projects', placeholder: 'a,b' }),
    run: runId
      .optional()
      .meta({ description: 'use the events of this run (default: the newest)', placeholder: 'id' }),
    after: time
      .optional()
      .meta({ description: 'use only runs that finished after this time', placeholder: 'time' }),
    before: time
      .optional()
      .meta({ description: 'use only runs that finished before this time', placeholder: 'time' }),
    originals: allSettings.shape.originals
      .optional()
      .meta({ description: 'folder of the originals, for --from images', placeholder: 'dir' }),
  });
export type ReplaySettings = Readonly<z.infer<typeof replaySettings>>;

export const versionsSettings = allSettings.pick(common).extend({
  project: names.optional().meta({ description: 'only these projects', placeholder: 'a,b' }),
});
export type VersionsSettings = Readonly<z.infer<typeof versionsSettings>>;

export const promoteSettings = versionsSettings.extend({
  undo: flag.default(false).meta({ description: 'undo the last promotion', flag: true }),
});
export type PromoteSettings = Readonly<z.infer<typeof promoteSettings>>;

export const diffSettings = versionsSettings.extend({
  html: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'also write the comparison as a page', placeholder: 'file' }),
  originals: allSettings.shape.originals
    .optional()
    .meta({ description: 'folder of originals, for pictures on the page', placeholder: 'dir' }),
});
export type DiffSettings = Readonly<z.infer<typeof diffSettings>>;
