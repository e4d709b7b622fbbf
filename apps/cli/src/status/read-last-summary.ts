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
  /** Others are passed over. */
  readonly isWanted?: (summary: Summary) => boolean;
}

/**
 * The newest summary below a data folder. One that cannot be read, for its disk was full or it was
 * changed by hand, is passed over.
 */
export async function readLastSummary(
  dataDir: string,
  { onUnreadable, isWanted = () => true }: SummarySearch,
): Promise<LastSummary | undefined> {
  const folder = join(dataDir, 'ai_data');
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => /^batch_predictions_summary_.*\.json$/.test(name))
    .sort()
    .reverse();
  for (const name of names) {
    const path = join(folder, name);
    const summary = await readSummary(path);
    if (summary !== undefined && !isWanted(summary)) continue;
    if (summary !== undefined) return { summary, path: path.replace(/\.json$/, '.html') };
    onUnreadable(path);
  }
  return undefined;
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
