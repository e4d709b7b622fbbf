import { onOrOff, pointInTime } from '@cullstream/runtime';
import { replayStages, runId } from '@cullstream/contracts';
import { z } from 'zod';
import { optionalOriginals, project, recalledModels } from './shared-settings.js';
import { allSettings } from './all-settings.js';
import { common, engine, external, locking, runSettings } from './settings.js';

export const replaySettings = runSettings
  .pick({
    ...common,
    device: true,
    embedders: true,
    vectors: true,
    ...engine,
    ...external,
    ...locking,
    restart: true,
    keepRuns: true,
    healthPort: true,
    page: true,
    pagePort: true,
    pageHost: true,
    notify: true,
    stallMinutes: true,
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
    project,
    run: runId
      .optional()
      .meta({ description: 'use the events of this run (default: the newest)', placeholder: 'id' }),
    after: pointInTime.optional().meta({
      description: 'use only runs that finished after this time (UTC unless it has a zone)',
      placeholder: 'time',
    }),
    before: pointInTime.optional().meta({
      description: 'use only runs that finished before this time (UTC unless it has a zone)',
      placeholder: 'time',
    }),
    originals: optionalOriginals('folder of the originals, for --from images'),
  });
export type ReplaySettings = Readonly<z.infer<typeof replaySettings>>;

export const versionsSettings = allSettings.pick(common).extend({ project });
export type VersionsSettings = Readonly<z.infer<typeof versionsSettings>>;

export const promoteSettings = versionsSettings.extend({
  undo: onOrOff.default(false).meta({ description: 'undo the last promotion', flag: true }),
});
export type PromoteSettings = Readonly<z.infer<typeof promoteSettings>>;

export const diffSettings = versionsSettings.extend({
  html: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'also write everything as a page', placeholder: 'file' }),
  originals: optionalOriginals('folder of originals, for pictures on the page'),
});
export type DiffSettings = Readonly<z.infer<typeof diffSettings>>;
