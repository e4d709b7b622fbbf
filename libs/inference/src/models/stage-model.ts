import { createHash } from 'node:crypto';
import { open, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { makeFolder, openRegularFile } from '@cullstream/files';
import { sha256OfFile, toModelDigest } from './digest-cache.js';
import { filesOfModel } from './model-files.js';

/** A model in a temporary folder that no other process reads. */
export interface StagedModel {
  readonly path: string;
  /** Digest of the whole model. It differs from `fileSha256` where there is external data. */
  readonly sha256: string;
  readonly fileSha256: string;
  /** Files that belong to it, by their paths below its folder. */
  readonly dataFiles: readonly string[];
  readonly hasSidecar: boolean;
}

/**
 * Copies or moves a model with its companion files into an empty folder, and computes digests
 * meanwhile.
 */
export async function stageModel(
  file: string,
  staging: string,
  take: 'copy' | 'move',
): Promise<StagedModel> {
  const folder = dirname(resolve(file));
  const [, ...external] = await filesOfModel(file);
  const dataFiles = external.map((path) => relative(folder, path));
  const path = join(staging, basename(file));
  const digests = [await bring(file, path, take)];
  for (const name of dataFiles) {
    digests.push(await bring(join(folder, name), join(staging, name), take));
  }
  const sidecar = `${file}.json`;
  const hasSidecar = await isFile(sidecar);
  if (hasSidecar) await bring(sidecar, `${path}.json`, take);
  return {
    path,
    sha256: toModelDigest(digests),
    fileSha256: digests[0] ?? '',
    dataFiles,
    hasSidecar,
  };
}

async function bring(from: string, to: string, take: 'copy' | 'move'): Promise<string> {
  await makeFolder(dirname(to));
  if (take === 'copy') return copyWithDigest(from, to);
  await rename(from, to);
  return sha256OfFile(to);
}

async function copyWithDigest(from: string, to: string): Promise<string> {
  const hash = createHash('sha256');
  const target = await open(to, 'wx');
  try {
    const { handle } = await openRegularFile(from);
    // The stream closes the file.
    for await (const chunk of handle.createReadStream({ highWaterMark: 2 ** 20 })) {
      const bytes = chunk as Buffer;
      hash.update(bytes);
      await target.writeFile(bytes);
    }
    // The files are renamed later, so their contents must be on the disk first.
    await target.sync();
  } finally {
    await target.close();
  }
  return hash.digest('hex');
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}
