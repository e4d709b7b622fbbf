import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readFileIfThere, writeFileAtomic, type GuardedFolder } from '@cullstream/files';
import type { HistoryPoint, WorkingStretch } from '@cullstream/report';
import type { Logger } from '@cullstream/runtime';

/** When a run was worked on, and how many images were done at which time. */
export interface SeenWork {
  readonly stretches: readonly WorkingStretch[];
  readonly history: readonly HistoryPoint[];
}

/** Stores what a reporter observed of a run, for a reporter that is started again. */
export interface WorkingTimeFile {
  /** What earlier reporters observed of the run. */
  readonly known: SeenWork;
  /** Stores what is known now, but at most once every few seconds. */
  keep(seen: SeenWork): Promise<void>;
  remove(): Promise<void>;
}

interface Place {
  readonly dataDir: string;
  readonly folder: GuardedFolder;
  readonly log: Logger;
}

const KEEP_EVERY_MS = 5_000;

/** The file only improves the report: if it cannot be read or written, the run continues without it. */
export async function openWorkingTimeFile(
  run: string,
  { dataDir, folder, log }: Place,
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
    async keep(seen) {
      if (performance.now() - keptMs < KEEP_EVERY_MS) return;
      keptMs = performance.now();
      await quietly(() => {
        folder.makeFolder(dirname(path));
        return writeFileAtomic(path, JSON.stringify(seen));
      });
    },
    remove: () => quietly(() => rm(path, { force: true })),
  };
}

/** Earlier versions stored only the list of stretches. */
function parse(text: string | undefined): SeenWork {
  try {
    const known: unknown = JSON.parse(text ?? '[]');
    if (Array.isArray(known)) return { stretches: known.filter(isStretch), history: [] };
    const { stretches, history } = (known ?? {}) as Partial<Record<keyof SeenWork, unknown>>;
    return {
      stretches: Array.isArray(stretches) ? stretches.filter(isStretch) : [],
      history: Array.isArray(history) ? history.filter(isPoint) : [],
    };
  } catch {
    return { stretches: [], history: [] };
  }
}

function isStretch(value: unknown): value is WorkingStretch {
  const { fromMs, toMs } = (value ?? {}) as Partial<WorkingStretch>;
  return typeof fromMs === 'number' && typeof toMs === 'number' && fromMs <= toMs;
}

function isPoint(value: unknown): value is HistoryPoint {
  const { atMs, finished } = (value ?? {}) as Partial<HistoryPoint>;
  return typeof atMs === 'number' && typeof finished === 'number';
}
