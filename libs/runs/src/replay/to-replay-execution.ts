import type { ChosenModels } from '@cullstream/inference';
import type { WorkContext } from '../work-context.js';
import type { Execution } from '../execute/execution.js';
import type { ServiceName } from '../supervise/service-name.js';
import type { ReplayOptions } from '../options.js';
import { describeFed } from './describe-fed.js';
import { feedReplay } from './feed-replay.js';
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
    open: (bus, warned) => openReplay(bus, models, { ...settings, warned }),
    feed: (bus, record, signal) =>
      feedReplay(bus, record, signal, {
        dataDir: settings.data,
        cacheDir: settings.cache,
        vectors: settings.vectors,
        log,
        onFed: (project, outcome) => note(`${project}: ${describeFed(outcome, settings.from)}`),
      }),
  };
}
