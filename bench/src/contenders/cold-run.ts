import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeNpy } from '@cullstream/cache';
import type { DemoModels } from '@cullstream/inference';
import { mostProportionalMb, type ProcessUse } from '../measure/process-tree.js';
import { runCommand, type CommandOptions } from './cullstream-command.js';

export interface ColdRun {
  /** When each vector was stored, in milliseconds. */
  readonly finishedMs: readonly number[];
  readonly vectors: readonly Float32Array[];
  readonly processes: readonly ProcessUse[];
  /** The largest proportional set size of one embedder. */
  readonly embedderMb: number;
}

/** Runs the command in a data folder without any cached data. */
export async function coldRun(
  { scratch, corpus }: { readonly scratch: string; readonly corpus: string },
  originals: string,
  { embedder, ranker, crop }: DemoModels,
  more: readonly string[] = [],
  options?: CommandOptions,
): Promise<ColdRun> {
  const data = join(scratch, 'cold');
  rmSync(data, { recursive: true, force: true });
  const args = ['run', '--originals', originals, '--data', data, '--cache', join(corpus, 'cache')];
  const models = ['--embedder', embedder, '--ranker', ranker, '--crop', crop];
  const { processes } = await runCommand([...args, ...models, ...more], options);
  const folder = join(data, 'ai_data', 'embeddings');
  const files = readdirSync(folder).filter((name) => name.endsWith('.npy'));
  const vectors = files.map((name) => decodeNpy(readFileSync(join(folder, name))));
  // The file of a vector is written as soon as the vector is computed.
  const finishedMs = files.map((name) => statSync(join(folder, name)).mtimeMs);
  const embedders = processes.filter(({ name }) => name === 'embedder');
  return { finishedMs, vectors, processes, embedderMb: mostProportionalMb(embedders) };
}
