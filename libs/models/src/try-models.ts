import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { modelExtensions, tryModel, type TriedModel, type TryOptions } from '@cullstream/inference';

export interface ModelTrial {
  readonly path: string;
  readonly tried: TriedModel | undefined;
  /** Why the model cannot be used. Undefined if it can be used. */
  readonly problem: string | undefined;
}

export interface TrialOptions extends Omit<TryOptions, 'cacheDir'> {
  readonly data: string;
  readonly cache: string;
  readonly embedder?: string | undefined;
  readonly ranker?: string | undefined;
  readonly crop?: string | undefined;
}

/**
 * Loads and runs the named models, or else every model in the data folder.
 * @throws {ConfigurationError} when the settings contradict a model that was named
 */
export async function tryModels(options: TrialOptions): Promise<ModelTrial[]> {
  const named = [options.embedder, options.ranker, options.crop].flatMap((path) => path ?? []);
  const paths = named.length > 0 ? named : await findModelFiles(options.data);
  const trials: ModelTrial[] = [];
  for (const path of paths) trials.push(await tryOne(path, options));
  return trials;
}

async function tryOne(path: string, options: TrialOptions): Promise<ModelTrial> {
  try {
    const tried = await tryModel(path, { ...options, cacheDir: options.cache });
    return { path, tried, problem: undefined };
  } catch (cause) {
    const isNamed = path === options.embedder;
    if (isNamed && cause instanceof ConfigurationError) throw cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    return { path, tried: undefined, problem };
  }
}

/** Hidden files and folders are skipped, since other programs own them. */
async function findModelFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const paths: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) paths.push(...(await findModelFiles(path)));
    else if (modelExtensions.includes(extname(entry.name).toLowerCase())) paths.push(path);
  }
  return paths;
}
