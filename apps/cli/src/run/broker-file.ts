import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '@cullstream/contracts';
import { z } from 'zod';
import type { Broker } from './broker.js';
import { programFolder } from './data-lock.js';

const schema = z.object({
  run: z.string(),
  url: z.string(),
  user: z.string().optional(),
  password: z.string().optional(),
  /** It ended because it was time to pause. */
  isPaused: z.boolean().optional(),
});
export type BrokerFile = z.infer<typeof schema>;

/** A replay has a note of its own: it neither hides nor ends an unfinished run. */
export type WorkKind = 'run' | 'replay';

const pathOf = (dataDir: string, kind: WorkKind) =>
  join(dataDir, programFolder, `current-${kind}.json`);

/**
 * Notes the run that works in a data folder and how to reach its broker, for `status` in another
 * terminal. While the file is there, a run has begun that has not been completed. Only its owner may
 * read it.
 */
export async function writeBrokerFile(
  dataDir: string,
  run: RunId,
  broker: Broker,
  kind: WorkKind = 'run',
  more: Pick<BrokerFile, 'isPaused'> = {},
): Promise<void> {
  const path = pathOf(dataDir, kind);
  const content: BrokerFile = { run, url: broker.url, ...broker.credentials, ...more };
  await writeFile(path, JSON.stringify(content), { mode: 0o600 });
  await chmod(path, 0o600);
}

export async function readBrokerFile(
  dataDir: string,
  kind: WorkKind = 'run',
): Promise<BrokerFile | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(pathOf(dataDir, kind), 'utf8')));
  } catch {
    // No file, or torn by a kill: there is no run that could be asked.
    return undefined;
  }
}

export async function removeBrokerFile(dataDir: string, kind: WorkKind = 'run'): Promise<void> {
  await rm(pathOf(dataDir, kind), { force: true });
}
