import type { ChosenModels } from '@cullstream/inference';
import { formatCount } from '@cullstream/contracts';
import type { WorkContext } from '../work-context.js';
import type { Execution } from '../execute/execute-run.js';
import type { ServiceName } from '../supervise/service-name.js';
import type { ReplayOptions } from '../options.js';
import { feedReplay } from './feed-replay.js';
import type { FeedOutcome } from './feed-target.js';
import { openReplay } from './open-replay.js';

/** A replay: no extractor, and embedders only where images are fed. The reporter, which ends it, first. */
export function toReplayExecution(
  models: ChosenModels,
  settings: ReplayOptions,
  { note, log }: Pick<WorkContext, 'note' | 'log'>,
): Execution {
  const embedders = settings.from === 'images' ? settings.embedders : 0;
  return {
    kind: 'replay',
    recipe: models.predictionRecipe,
    files: models.files,
    services: [
      'reporter',
      'writer',
      'predictor',
      ...Array.from({ length: embedders }, (): ServiceName => 'embedder'),
    ],
    open: (bus) => openReplay(bus, models, settings),
    feed: (bus, record, signal) =>
      feedReplay(bus, record, signal, {
        dataDir: settings.data,
        log,
        onFed: (project, outcome) => note(`${project}: ${describe(outcome, settings)}`),
      }),
  };
}

function describe({ before, stored, rebuilt, lost }: FeedOutcome, { from }: ReplayOptions): string {
  const origin = from === 'images' ? 'the database' : 'cache and database';
  const ways = [
    ...(before > 0 ? [`${formatCount(before)} before the interruption`] : []),
    ...(stored > 0 ? [`${formatCount(stored)} from the stream`] : []),
    ...(rebuilt > 0 ? [`${formatCount(rebuilt)} rebuilt from ${origin}`] : []),
    ...(lost > 0 ? [`${formatCount(lost)} without a vector, failed`] : []),
  ];
  return `${from} fed: ${ways.length === 0 ? 'none' : ways.join(', ')}`;
}
