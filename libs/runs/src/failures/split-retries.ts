import { groupBy } from '@cullstream/domain';
import { readCatalogue } from '@cullstream/catalog';
import type { ChosenModels } from '@cullstream/inference';
import { readRuns } from '@cullstream/store';
import type { RetryOptions } from '../options.js';
import type { DeadEntry, FailedImage } from './dead-entry.js';

/** How entries are tried again. */
export interface Retries {
  /** Within the run that gave them up, by run. */
  readonly inRun: ReadonlyMap<string, readonly DeadEntry[]>;
  /** Projects that a new run takes up: their source or the models have changed since. */
  readonly anew: readonly string[];
  /** What cannot be tried again, in words. */
  readonly problems: readonly string[];
}

/**
 * An image is tried again within its run where source and models are those of that run: then its
 * group is decided anew beside the others. Otherwise the run's catalogue or version does not fit any
 * more, and a new run takes the project up; its other images come from the cache.
 */
export async function splitRetries(
  entries: readonly DeadEntry[],
  { predictionRecipe }: ChosenModels,
  settings: RetryOptions,
): Promise<Retries> {
  const inRun = new Map<string, DeadEntry[]>();
  const anew: string[] = [];
  const problems: string[] = [];
  const add = (run: string, added: readonly DeadEntry[]) =>
    inRun.set(run, [...(inRun.get(run) ?? []), ...added]);
  const messages = entries.filter(({ kind }) => kind === 'message');
  for (const message of messages) {
    if (message.run === '') problems.push(`${message.id}: belongs to no run; nobody would take it`);
    else add(message.run, [message]);
  }
  const images = entries.filter((entry): entry is FailedImage => entry.kind === 'image');
  for (const [project, failed] of groupBy(images, (entry) => entry.project)) {
    const [{ run: id, database }] = failed;
    const run = readRuns(database.path, project).find((each) => each.run === id);
    if (run === undefined) continue;
    try {
      const { totals } = await readCatalogue(
        { name: project, source: run.project.source },
        { ...settings, originalsDir: settings.originals, dataDir: settings.data },
      );
      const isSameSource = totals.catalogue === run.project.catalogue;
      const isSameVersion = run.recipeId === null || run.recipeId === predictionRecipe.id;
      // Its event did not name the whole group, which only the source does.
      const isWhole = failed.every(({ reason }) => reason !== 'event-too-large');
      if (isSameSource && isSameVersion && isWhole) add(run.run, failed);
      else anew.push(project);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      problems.push(`${project}: ${run.project.source} cannot be read: ${reason}`);
    }
  }
  return { inRun, anew, problems };
}
