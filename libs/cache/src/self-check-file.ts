import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { toErrno } from '@cullstream/files';
import { EMBEDDING_LENGTH, sha256Hex, type EmbeddingRecipe } from '@cullstream/contracts';
import { z } from 'zod';
import { toCachePaths } from './cache-paths.js';
import { findRecipeFolder } from './recipe-folder.js';
import { toStorageFault } from './storage-fault.js';

export const SELF_CHECK_FILE = 'self-check.json';
const VECTOR_BYTES = EMBEDDING_LENGTH * Float32Array.BYTES_PER_ELEMENT;

const selfCheckFile = z.object({
  /** Id of the recipe. A file that was copied from another recipe's folder does not count. */
  recipe: z.string(),
  /** What it was made with, for people: versions, device, time. */
  madeBy: z.record(z.string(), z.string()),
  vectors: z.array(
    z.object({
      image: sha256Hex,
      vector: z.base64(),
      /** CRC-32 of both texts; files of before there were checksums have none. */
      checksum: z.number().optional(),
    }),
  ),
});

/** The embeddings of the built-in test images, computed when the recipe's folder was made. */
export interface SelfCheck {
  readonly madeBy: Readonly<Record<string, string>>;
  /** By SHA-256 of the encoded image; raw embeddings, float32 [512]. */
  readonly vectors: readonly { readonly image: string; readonly vector: Float32Array }[];
}

interface Place {
  readonly dataDir: string;
  readonly recipe: EmbeddingRecipe;
}

/** Where a recipe's self-check lies; undefined where the recipe has no folder yet. */
export function selfCheckPath({ dataDir, recipe }: Place): string | undefined {
  const folder = findRecipeFolder(toCachePaths(dataDir), recipe);
  return folder === undefined ? undefined : join(folder, SELF_CHECK_FILE);
}

/** The self-check that is stored beside a recipe's vectors; undefined if it is missing or damaged. */
export function readSelfCheck(place: Place): SelfCheck | undefined {
  const path = selfCheckPath(place);
  return path === undefined ? undefined : parseFile(path, place.recipe.id);
}

/**
 * Stores the embeddings of the built-in test images beside a recipe's vectors, unless another process
 * has done so. The recipe's folder must have been claimed.
 * @returns what is stored there afterwards
 * @throws {TransientError | PermanentError} where the folder cannot be written
 */
export function storeSelfCheck(place: Place, selfCheck: SelfCheck): SelfCheck {
  const path = selfCheckPath(place);
  if (path === undefined) throw new Error(`recipe ${place.recipe.id} has no folder in the cache`);
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, encodeSelfCheck(place.recipe.id, selfCheck), { flag: 'wx' });
    placeOnce(temporary, path, place.recipe.id);
  } catch (cause) {
    throw toStorageFault('cannot keep the self-check in', path, cause);
  } finally {
    rmSync(temporary, { force: true });
  }
  return parseFile(path, place.recipe.id) ?? selfCheck;
}

/** A hard link makes the complete file appear at once, for one process only. A damaged file is replaced. */
function placeOnce(temporary: string, path: string, recipeId: string): void {
  try {
    linkSync(temporary, path);
  } catch (cause) {
    const stands = toErrno(cause) === 'EEXIST' && parseFile(path, recipeId) !== undefined;
    if (!stands) renameSync(temporary, path);
  }
}

/** The text of a self-check's file. */
export function encodeSelfCheck(recipe: string, { madeBy, vectors }: SelfCheck): string {
  const encoded = vectors.map(({ image, vector }) => {
    const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
    const entry = { image, vector: bytes.toString('base64') };
    return { ...entry, checksum: toChecksum(entry) };
  });
  return `${JSON.stringify({ recipe, madeBy, vectors: encoded }, undefined, 2)}\n`;
}

function parseFile(path: string, recipeId: string): SelfCheck | undefined {
  try {
    return decodeSelfCheck(readFileSync(path, 'utf8'), recipeId);
  } catch (cause) {
    if (toErrno(cause) === 'ENOENT') return undefined;
    throw toStorageFault('cannot read', path, cause);
  }
}

/** What the text of a file says; undefined if it is damaged or another recipe's. */
export function decodeSelfCheck(text: string, recipeId: string): SelfCheck | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = selfCheckFile.safeParse(document);
  if (!parsed.success || parsed.data.recipe !== recipeId) return undefined;
  const { madeBy, vectors } = parsed.data;
  if (vectors.some((entry) => (entry.checksum ?? toChecksum(entry)) !== toChecksum(entry)))
    return undefined;
  const decoded = vectors.map(({ image, vector }) => ({
    image,
    bytes: Uint8Array.from(Buffer.from(vector, 'base64')),
  }));
  if (decoded.some(({ bytes }) => bytes.length !== VECTOR_BYTES)) return undefined;
  return {
    madeBy,
    vectors: decoded.map(({ image, bytes }) => ({ image, vector: new Float32Array(bytes.buffer) })),
  };
}

function toChecksum({ image, vector }: { image: string; vector: string }): number {
  return crc32(`${image} ${vector}`);
}
