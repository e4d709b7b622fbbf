import { opendirSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { toVectorsChoice, type EmbeddingRecipe, type VectorForm } from '@cullstream/contracts';
import { toErrno } from '@cullstream/files';
import { toCachePaths } from './cache-paths.js';
import { listSegmentLogs } from './packed/segment-names.js';
import { findRecipeFolder } from './recipe-folder.js';

/** The form, and why it was chosen, as half a sentence. */
export interface ChosenVectorForm {
  readonly form: VectorForm;
  readonly because: string;
  /** The address of the bucket that they are put into as well. */
  readonly bucket?: string;
}

interface Place {
  readonly dataDir: string;
  readonly recipe: EmbeddingRecipe;
  /** What ‹vectors› says: a form, or the address of a bucket. */
  readonly vectors: string | undefined;
}

/** A file of 2 KB takes at least one cluster. */
const LARGEST_CLUSTER_BYTES = 16_384;
/**
 * File systems (NFS, CIFS, SMB2, Ceph, ZFS) that tell their best size for transfers, or for blocks
 * of large files, in place of the size of clusters.
 */
const WITHOUT_CLUSTERS = new Set([
  0x69_69, 0xff_53_4d_42, 0xfe_53_4d_42, 0xc3_64_00, 0x2f_c1_2f_c1,
]);

/** What `statfs` tells. */
export type ReadFileSystem = (path: string) => { readonly bsize: number; readonly type: number };

/**
 * The form in which new vectors are stored. `auto` is the form that the recipe's vectors have already,
 * files if both; without vectors it is `packed` where the clusters of the file system are larger than
 * 16 KiB, else `files`.
 */
export function chooseVectorForm(
  { dataDir, recipe, vectors }: Place,
  readFileSystem: ReadFileSystem = statfsSync,
): ChosenVectorForm {
  const { form, bucket } = toVectorsChoice(vectors) ?? { form: 'auto' };
  if (form !== 'auto') {
    const chosen = { form, because: 'as the settings say' };
    return bucket === undefined ? chosen : { ...chosen, bucket };
  }
  const paths = toCachePaths(dataDir);
  const folder = findRecipeFolder(paths, recipe);
  if (folder !== undefined && hasFiles(folder)) {
    return { form: 'files', because: 'as there are .npy files already' };
  }
  if (listSegmentLogs(paths.toPackedDir(recipe.id)).length > 0) {
    return { form: 'packed', because: 'as there are packed ones already' };
  }
  const clusterBytes = readClusterBytes(resolve(dataDir), readFileSystem);
  return clusterBytes !== undefined && clusterBytes > LARGEST_CLUSTER_BYTES
    ? {
        form: 'packed',
        because: `as the smallest file takes ${clusterBytes / 1_024} KiB on this drive`,
      }
    : { form: 'files', because: 'as small files take little room on this drive' };
}

/** Looks no further than to the first: there may be millions. */
function hasFiles(folder: string): boolean {
  try {
    const names = opendirSync(folder);
    try {
      for (let entry; (entry = names.readSync()) !== null;) {
        if (entry.name.endsWith('.npy')) return true;
      }
      return false;
    } finally {
      names.closeSync();
    }
  } catch {
    // Opening the cache reports what is wrong.
    return false;
  }
}

/** Of the folder, or of the nearest one above that is there; undefined where there is nothing to know. */
function readClusterBytes(folder: string, readFileSystem: ReadFileSystem): number | undefined {
  try {
    const { bsize, type } = readFileSystem(folder);
    return WITHOUT_CLUSTERS.has(type) ? undefined : bsize;
  } catch (cause) {
    const above = dirname(folder);
    return toErrno(cause) === 'ENOENT' && above !== folder
      ? readClusterBytes(above, readFileSystem)
      : undefined;
  }
}
