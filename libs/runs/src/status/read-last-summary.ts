import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Summary } from '@cullstream/report';

export interface LastSummary {
  readonly summary: Summary;
  /** Page of the report. */
  readonly path: string;
}

export interface SummarySearch {
  /** Is told the file. */
  readonly onUnreadable: (file: string) => void;
}

/** The newest of {@link readSummaries}. */
export async function readLastSummary(
  dataDir: string,
  search: SummarySearch,
): Promise<LastSummary | undefined> {
  for await (const newest of readSummaries(dataDir, search)) return newest;
  return undefined;
}

/**
 * The summaries below a data folder, newest first. One that cannot be read, for its disk was full or it
 * was changed by hand, is passed over.
 */
export async function* readSummaries(
  dataDir: string,
  { onUnreadable }: SummarySearch,
): AsyncGenerator<LastSummary> {
  const folder = join(dataDir, 'ai_data');
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => /^batch_predictions_summary_.*\.json$/.test(name))
    .sort()
    .reverse();
  for (const name of names) {
    const path = join(folder, name);
    const summary = await readSummary(path);
    if (summary === undefined) onUnreadable(path);
    else yield { summary, path: path.replace(/\.json$/, '.html') };
  }
}

async function readSummary(path: string): Promise<Summary | undefined> {
  try {
    const content = JSON.parse(await readFile(path, 'utf8')) as unknown;
    return isSummary(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it has all that is shown of a summary. */
function isSummary(content: unknown): content is Summary {
  const { batch_id, completed_at, results, images, groups, projects } = (content ?? {}) as Partial<
    Record<keyof Summary, unknown>
  >;
  return (
    typeof batch_id === 'string' &&
    typeof completed_at === 'string' &&
    [results, images, groups].every((each) => typeof each === 'object' && each !== null) &&
    Array.isArray(projects)
  );
}
