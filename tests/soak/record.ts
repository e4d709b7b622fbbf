import { join } from 'node:path';
import type { Bus } from '@cullstream/bus';
import { countVectors } from '../support/example.js';
import { countWaiting, occupiedBytes, sampleProcess, type ProcessSample } from './sample.js';

/** Everything at one time. */
export interface Sample {
  readonly minute: number;
  readonly processes: Readonly<Record<string, ProcessSample>>;
  readonly waiting: number;
}

/** What a round leaves on the disk, in bytes. */
export interface RoundSample {
  readonly minute: number;
  readonly round: number;
  readonly vectors: number;
  readonly broker: number;
  readonly cache: number;
  readonly databases: number;
  readonly logs: number;
  /** Messages that are not settled although all work is done. */
  readonly waiting: number;
}

export interface Soak {
  readonly samples: readonly Sample[];
  readonly rounds: readonly RoundSample[];
}

export async function takeSample(
  bus: Bus,
  pids: ReadonlyMap<string, number>,
  minute: number,
): Promise<Sample> {
  const processes: Record<string, ProcessSample> = {};
  for (const [name, pid] of pids) {
    const sample = sampleProcess(pid);
    if (sample === undefined) throw new Error(`the ${name} has ended`);
    processes[name] = sample;
  }
  return { minute, processes, waiting: await countWaiting(bus) };
}

export async function takeRoundSample(
  bus: Bus,
  folders: { readonly data: string; readonly store: string },
  at: { readonly minute: number; readonly round: number },
): Promise<RoundSample> {
  const { data, store } = folders;
  const sizeOf = (...parts: string[]) => occupiedBytes(join(data, ...parts));
  const cache = sizeOf('ai_data', 'embeddings') + sizeOf('ai_data', 'cache');
  return {
    ...at,
    vectors: countVectors(data),
    broker: occupiedBytes(store),
    cache,
    databases: sizeOf('training'),
    logs: sizeOf('ai_data') - cache,
    waiting: await countWaiting(bus),
  };
}
