import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunRecord } from '@cullstream/contracts';
import { toSummaryName, toSummaryPage, type Summary } from '@cullstream/report';

/**
 * Writes the summary as JSON and as a page, each under a temporary name first.
 * @returns the JSON's path below the data folder, with `/`
 */
export async function writeSummary(
  dataDir: string,
  record: RunRecord,
  summary: Summary,
): Promise<string> {
  const name = `ai_data/${toSummaryName(record)}`;
  await writeWhole(join(dataDir, `${name}.html`), toSummaryPage(summary));
  await writeWhole(join(dataDir, `${name}.json`), `${JSON.stringify(summary, null, 2)}\n`);
  return `${name}.json`;
}

async function writeWhole(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, content, { flush: true });
  await rename(temporary, path);
}
