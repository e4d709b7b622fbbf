import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readFileIfThere, writeFileAtomic } from '@cullstream/files';
import type { WorkingStretch } from '@cullstream/report';
import type { Logger } from '@cullstream/runtime';

/** Keeps when a run was worked on, for a reporter that is started again. */
export interface WorkingTimeFile {
  /** What an earlier reporter saw of the run. */
  readonly known: readonly WorkingStretch[];
  /** Stores what is known now; every few seconds is enough, so more often it does nothing. */
  keep(stretches: readonly WorkingStretch[]): Promise<void>;
  remove(): Promise<void>;
}

const KEEP_EVERY_MS = 5_000;

/** It is there to inform: where it cannot be read or written, the run goes on and knows less. */
export async function openWorkingTimeFile(
  dataDir: string,
  run: string,
  log: Logger,
): Promise<WorkingTimeFile> {
  const path = join(dataDir, '.cullstream', 'working-times', `${run}.json`);
  let keptMs = -Infinity;
  const quietly = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      log.debug({ err: error, path }, 'the working time of the run cannot be kept');
    }
  };
  return {
    known: parse(await readFileIfThere(path).catch(() => undefined)),
    async keep(stretches) {
      if (performance.now() - keptMs < KEEP_EVERY_MS) return;
      keptMs = performance.now();
      await quietly(async () => {
        await mkdir(dirname(path), { recursive: true });
        await writeFileAtomic(path, JSON.stringify(stretches));
      });
    },
    remove: () => quietly(() => rm(path, { force: true })),
  };
}

function parse(text: string | undefined): WorkingStretch[] {
  try {
    const all: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(all) ? all.filter(isStretch) : [];
  } catch {
    return [];
  }
}

function isStretch(value: unknown): value is WorkingStretch {
  const { fromMs, toMs } = (value ?? {}) as Partial<WorkingStretch>;
  return typeof fromMs === 'number' && typeof toMs === 'number' && fromMs <= toMs;
}
