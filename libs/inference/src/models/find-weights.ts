import { basename, join } from 'node:path';
import type { ModelFile } from '@cullstream/contracts';
import { toModelsFolder } from './choose-models.js';
import { findModelByDigest } from './describe-models.js';
import { DigestCache, sha256OfModel } from './digest-cache.js';

export interface WeightsPlace {
  readonly dataDir: string;
  /** Folder for what can be computed again. The digests are stored there. */
  readonly cacheDir: string;
}

/**
 * Finds weights by their digest: in the models folder of the data folder, else where they were used
 * before.
 */
export async function findWeights(
  { file, sha256 }: ModelFile,
  { dataDir, cacheDir }: WeightsPlace,
): Promise<string | undefined> {
  const modelsDir = toModelsFolder(dataDir);
  const imported = await findModelByDigest(sha256, { modelsDir, cacheDir });
  if (imported !== undefined) return imported;
  const digests = new DigestCache(join(cacheDir, 'models'));
  for (const [path, remembered] of await digests.list()) {
    // The digest of a model with external data differs from that of each of its files.
    if (remembered !== sha256 && basename(path) !== file) continue;
    const found = await sha256OfModel(path, digests).catch(() => undefined);
    if (found === sha256) return path;
  }
  return undefined;
}

/** SHA-256 of a model; undefined where it cannot be read. */
export function digestOfWeights(
  path: string,
  { cacheDir }: Pick<WeightsPlace, 'cacheDir'>,
): Promise<string | undefined> {
  const digests = new DigestCache(join(cacheDir, 'models'));
  return sha256OfModel(path, digests).catch(() => undefined);
}
