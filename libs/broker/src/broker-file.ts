import { readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { RunId } from '@cullstream/contracts';
import { isProcessAlive, ownIdentity, writeFileAtomic } from '@cullstream/files';
import { z } from 'zod';
import type { Broker } from './broker.js';
import { programFolder } from '@cullstream/runtime';

const schema = z.object({
  run: z.string(),
  url: z.string(),
  user: z.string().optional(),
  password: z.string().optional(),
  /** True when the run ended because its time limit was reached; it is paused. */
  isPaused: z.boolean().optional(),
  /** True when the run was cancelled and will not be continued. */
  isCancelled: z.boolean().optional(),
  /** When it was cancelled. */
  at: z.iso.datetime().optional(),
  /** The process that works on the run, or did so last. */
  worker: z
    .object({ pid: z.int().positive(), host: z.string(), start: z.string().nullable() })
    .optional(),
});
export type BrokerFile = z.infer<typeof schema>;

/** A replay has its own file, so it neither hides nor ends an unfinished run. */
export const workKinds = ['run', 'replay'] as const;
export type WorkKind = (typeof workKinds)[number];

const toPath = (dataDir: string, kind: WorkKind) =>
  join(dataDir, programFolder, `current-${kind}.json`);

/**
 * Stores which run works in a data folder and how to reach its broker, for `status` in another
 * terminal. The file exists from the beginning of a run until its completion. Only its owner can
 * read it.
 */
export async function writeBrokerFile(
  dataDir: string,
  run: RunId,
  broker: Broker,
  kind: WorkKind = 'run',
  more: Pick<BrokerFile, 'isPaused'> = {},
): Promise<void> {
  const { pid, start } = ownIdentity();
  const worker = { pid, host: hostname(), start };
  await write(dataDir, kind, { run, url: broker.url, ...broker.credentials, worker, ...more });
}

/** Stores that a run was cancelled, so that it is not taken for one that continues. */
export async function recordCancellation(
  dataDir: string,
  run: RunId,
  kind: WorkKind,
): Promise<void> {
  await write(dataDir, kind, { run, url: '', isCancelled: true, at: new Date().toISOString() });
}

async function write(dataDir: string, kind: WorkKind, content: BrokerFile): Promise<void> {
  // Written atomically: a reader of an incomplete file would conclude that there is no run.
  await writeFileAtomic(toPath(dataDir, kind), JSON.stringify(content), { mode: 0o600 });
}

/** The run that has begun and is not completed. */
export async function readBrokerFile(
  dataDir: string,
  kind: WorkKind = 'run',
): Promise<BrokerFile | undefined> {
  const file = await read(dataDir, kind);
  return file?.isCancelled === true ? undefined : file;
}

/** The run that was cancelled, where none has begun since. */
export async function readCancelled(
  dataDir: string,
  kind: WorkKind,
): Promise<Pick<BrokerFile, 'run' | 'at'> | undefined> {
  const file = await read(dataDir, kind);
  return file?.isCancelled === true ? file : undefined;
}

/** Whether the process that wrote the file has ended; false where this is not known. */
export function hasWorkerEnded({ worker }: BrokerFile): boolean {
  return worker?.host === hostname() && !isProcessAlive(worker);
}

async function read(dataDir: string, kind: WorkKind): Promise<BrokerFile | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(toPath(dataDir, kind), 'utf8')));
  } catch {
    // The file is missing, or is none of ours: there is no run to ask.
    return undefined;
  }
}

export async function removeBrokerFile(dataDir: string, kind: WorkKind = 'run'): Promise<void> {
  await rm(toPath(dataDir, kind), { force: true });
}
