import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunId, RunRecord } from '@cullstream/contracts';
import { toSummaryName, toSummaryPage, type Summary } from '@cullstream/report';

/**
 * Writes the summary as JSON and as a page, each under a temporary name first. A run that began in the
 * same second as another one's is named after the next second that is free.
 * @returns the JSON's path below the data folder, with `/`
 */
export function writeSummary(
  dataDir: string,
  record: RunRecord,
  summary: Summary,
): Promise<string> {
  const written = before.then(() => writeBoth(dataDir, record, summary));
  before = written.catch(() => undefined);
  return written;
}

/** One after the other: a name is free until its summary is there. */
let before: Promise<unknown> = Promise.resolve();

async function writeBoth(dataDir: string, record: RunRecord, summary: Summary): Promise<string> {
  const name = await findName(dataDir, record);
  const write = (extension: string, content: string) =>
    writeWhole(join(dataDir, `${name}.${extension}`), content, record.run);
  await write('json', `${JSON.stringify(summary, null, 2)}\n`);
  await write('html', toSummaryPage(summary));
  return `${name}.json`;
}

async function findName(dataDir: string, record: RunRecord): Promise<string> {
  for (let taken = 0; ; taken++) {
    const name = `ai_data/${toSummaryName(record, taken)}`;
    const owner = await ownerOf(join(dataDir, `${name}.json`));
    if (owner === undefined || owner === record.run) return name;
  }
}

/** The run a summary is of; undefined without one, and for one that nobody can read. */
async function ownerOf(path: string): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as Summary).batch_id;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeWhole(path: string, content: string, run: RunId): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${run}.tmp`;
  await writeFile(temporary, content, { flush: true });
  await rename(temporary, path);
}
