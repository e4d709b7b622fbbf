import { readFailures, readRuns, type RunProgress, type StoredFailure } from '@cullstream/store';
import { listOwnDatabases, type OwnDatabase } from '@cullstream/versions';
import type { FailedImage } from './dead-entry.js';
import { toId } from './to-id.js';

/**
 * The images that failed in the newest completed run of each project (the newest of all where none
 * is complete), with how often and since when.
 */
export async function listFailedImages(dataDir: string): Promise<FailedImage[]> {
  return (await listOwnDatabases(dataDir)).flatMap(readFailedImages);
}

function readFailedImages(database: OwnDatabase): FailedImage[] {
  const runs = readRuns(database.path, database.project);
  const newest = runs.findLast(({ completedAt }) => completedAt !== null) ?? runs.at(-1);
  if (newest === undefined || runs.every(({ counts }) => counts.failed === 0)) return [];
  const byRun = new Map(runs.map((run) => [run.run, run]));
  const byImage = new Map<string, StoredFailure[]>();
  for (const failure of readFailures(database.path)) {
    byImage.set(failure.image, [...(byImage.get(failure.image) ?? []), failure]);
  }
  return [...byImage.values()].flatMap((failures) => {
    const last = failures.find(({ run }) => run === newest.run);
    return last === undefined ? [] : [toEntry(database, newest, last, failures, byRun)];
  });
}

function toEntry(
  database: OwnDatabase,
  newest: RunProgress,
  last: StoredFailure,
  failures: readonly StoredFailure[],
  byRun: ReadonlyMap<string, RunProgress>,
): FailedImage {
  const first = byRun.get(failures[0]?.run ?? '') ?? newest;
  const { source } = last;
  return {
    kind: 'image',
    id: toId('image', database.project, last.image),
    database,
    project: database.project,
    run: newest.run,
    sequence: last.sequence,
    catalogue: last.catalogue,
    source,
    groupId: last.groupId,
    archive: source.kind === 'zip-entry' ? source.archive : newest.project.source,
    entry: last.image,
    stage: last.stage,
    reason: last.reason,
    message: last.message,
    attempts: failures.length,
    firstAt: first.startedAt,
    lastAt: newest.completedAt ?? newest.startedAt,
  };
}
