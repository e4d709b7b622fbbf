import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readFileIfThere, writeFileAtomic } from '@cullstream/files';
import { toSummaryName, type Summary } from '@cullstream/report';
import { toSummaryPage, type ReportDetails } from '@cullstream/report/page';

/** Summaries are written one after the other, so that two never choose the same free name. */
let before: Promise<unknown> = Promise.resolve();

/**
 * Writes the summary as JSON and as a page, each under a temporary name first. The name contains the
 * time in seconds. If another run has that name already, the next free second is used.
 * @returns the JSON's path below the data folder, with `/`
 */
export function writeSummary(
  dataDir: string,
  summary: Summary,
  details?: ReportDetails,
): Promise<string> {
  const written = before.then(() => writeBoth(dataDir, summary, details));
  before = written.catch(() => undefined);
  return written;
}

async function writeBoth(
  dataDir: string,
  summary: Summary,
  details?: ReportDetails,
): Promise<string> {
  const name = await findName(dataDir, summary);
  await writeWhole(join(dataDir, `${name}.json`), `${JSON.stringify(summary, null, 2)}\n`);
  await writeWhole(join(dataDir, `${name}.html`), await toSummaryPage(summary, details));
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

async function writeWhole(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, content, { durable: true });
}
