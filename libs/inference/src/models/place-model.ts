import { readdir, rename, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { makeFolder, nameFileOnce, readFileIfThere } from '@cullstream/files';
import { sha256OfFile, sha256OfModel, type DigestCache } from './digest-cache.js';
import { modelExtensions } from './find-models.js';
import type { StagedModel } from './stage-model.js';

export interface PlaceOptions {
  readonly modelsDir: string;
  /** The new file name. */
  readonly name: string;
  /** True when a file with the same bytes under another name is not enough. */
  readonly isNameWanted: boolean;
  readonly digests: DigestCache;
}

/**
 * Renames a staged model into place: its companion files first, the model last. One process at a
 * time.
 * @throws {ConfigurationError} when a name is taken by other bytes
 */
export async function placeModel(
  staged: StagedModel,
  { modelsDir, name, isNameWanted, digests }: PlaceOptions,
): Promise<{ path: string; wasThere: boolean }> {
  const target = join(modelsDir, name);
  const others = isNameWanted ? [target] : await listModelPaths(modelsDir);
  const present = await findSame(staged, others, digests);
  if (present !== undefined) {
    await placeSidecar(staged, present);
    return { path: present, wasThere: true };
  }
  if (await exists(target)) throw taken(target);
  const staging = dirname(staged.path);
  for (const file of staged.dataFiles) {
    await placeUnlessSame(join(staging, file), join(modelsDir, file));
  }
  await placeSidecar(staged, target);
  if (!nameFileOnce(staged.path, target)) throw taken(target);
  return { path: target, wasThere: false };
}

/** The models in a folder, found by their extensions. Hidden files are ignored. */
export async function listModelPaths(modelsDir: string): Promise<string[]> {
  const names = (await readdir(modelsDir).catch(() => [])).sort();
  return names
    .filter((name) => !name.startsWith('.'))
    .filter((name) => modelExtensions.includes(extname(name).toLowerCase()))
    .map((name) => join(modelsDir, name));
}

async function findSame(
  { path, sha256 }: StagedModel,
  others: readonly string[],
  digests: DigestCache,
): Promise<string | undefined> {
  const { size } = await stat(path);
  for (const other of others) {
    if ((await stat(other).catch(() => undefined))?.size !== size) continue;
    const digest = await sha256OfModel(other, digests).catch(() => undefined);
    if (digest === sha256) return other;
  }
  return undefined;
}

async function placeSidecar({ path, hasSidecar }: StagedModel, model: string): Promise<void> {
  if (!hasSidecar) return;
  const target = `${model}.json`;
  const present = await readFileIfThere(target).catch(() => undefined);
  if (present === undefined) await rename(`${path}.json`, target);
  else if (present !== (await readFileIfThere(`${path}.json`))) throw taken(target);
}

async function placeUnlessSame(from: string, to: string): Promise<void> {
  if (!(await exists(to))) {
    await makeFolder(dirname(to));
    await rename(from, to);
  } else if ((await sha256OfFile(from)) !== (await sha256OfFile(to))) {
    throw taken(to);
  }
}

function taken(path: string): ConfigurationError {
  return new ConfigurationError([
    `${path} is there with other content: give the new one another name (‹name›), or move that away`,
  ]);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
