import type { Logger } from '@cullstream/runtime';
import type { BatchOptions } from '../options.js';
import type { Execution } from '../execute/execution.js';
import { rememberProjects } from '../plan/known-projects.js';
import { openRun } from './open-run.js';
import type { PreparedRun } from '../plan/prepare-run.js';
import type { ServiceName } from '../supervise/service-name.js';

/** A run: all five services, as many embedders as are wanted. The reporter, which ends it, first. */
export function toRunExecution(
  prepared: PreparedRun,
  settings: BatchOptions,
  log: Logger,
): Execution {
  const embedders = Array.from({ length: settings.embedders }, (): ServiceName => 'embedder');
  return {
    kind: 'run',
    recipe: prepared.models.predictionRecipe,
    files: prepared.models.files,
    otherVersions: prepared.otherVersions,
    services: ['reporter', 'writer', 'predictor', 'extractor', ...embedders],
    async open(bus, warned) {
      const opened = await openRun(bus, prepared, { ...settings, warned });
      await rememberProjects(prepared.plan, settings, log);
      return opened;
    },
  };
}
