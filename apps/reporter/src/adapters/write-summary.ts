import { dirname, join } from 'node:path';
import { readFileIfThere, writeFileAtomic, type GuardedFolder } from '@cullstream/files';
import { toSummaryName, type Summary } from '@cullstream/report';
import { toSummaryPage, type ReportDetails } from '@cullstream/report/page';

/** @returns the summary's path below the data folder, with `/` */
export type WriteSummary = (summary: Summary, details?: ReportDetails) => Promise<string>;

/**
 * Writes summaries as JSON and as a page, each under a temporary name first. The name contains the time
 * in seconds. If another run has that name already, the next free second is used. Summaries are written
 * one after the other, so that two never choose the same free name.
 */
export function createSummaryWriter(dataDir: string, folder: GuardedFolder): WriteSummary {
  let before: Promise<unknown> = Promise.resolve();
  return (summary, details) => {
    const written = before.then(() => writeBoth({ dataDir, folder }, summary, details));
    before = written.catch(() => undefined);
    return written;
  };
}

interface Place {
  readonly dataDir: string;
  readonly folder: GuardedFolder;
}

async function writeBoth(
  { dataDir, folder }: Place,
  summary: Summary,
  details?: ReportDetails,
): Promise<string> {
  const name = await findName(dataDir, summary);
  const page = await toSummaryPage(summary, details);
  folder.makeFolder(dirname(join(dataDir, name)));
  await writeWhole(join(dataDir, `${name}.json`), `${JSON.stringify(summary, null, 2)}\n`);
  await writeWhole(join(dataDir, `${name}.html`), page);
  return `${name}.json`;
}

/** A name is taken if its file exists and is not a summary of this run. */
async function findName(dataDir: string, summary: Summary): Promise<string> {
  for (let taken = 0; ; taken++) {
    const name = `ai_data/${toSummaryName(summary, taken)}`;
    const there = await readFileIfThere(join(dataDir, `${name}.json`));
    if (there === undefined || there.includes(`"batch_id": "${summary.batch_id}"`)) return name;
  }
}

const writeWhole = (path: string, content: string): Promise<void> =>
  writeFileAtomic(path, content, { durable: true });
