import { EMBEDDING_LENGTH, PermanentError, type EmbeddingRecipe } from '@cullstream/contracts';
import { NotRegularFileError } from '@cullstream/files';
import { toVectorName, type CacheIndex, type IndexedVector } from './cache-index.js';
import type { CacheLog } from './cache-log.js';
import type { EmbeddingCache, StoreRequest } from './cache-types.js';
import { appendLine } from './index-file.js';
import { encodeIndexLine } from './index-line.js';
import { settle } from './settle.js';
import { toStorageAdvice, isSectorFault } from './storage-fault.js';
import { toVectorChecksum } from './vector-checksum.js';
import { isFiniteVector } from './vector-file.js';
import type { WritableVectorStore } from './vector-store.js';

interface WriterParts {
  readonly store: WritableVectorStore;
  readonly index: CacheIndex;
  readonly log: CacheLog;
  readonly recipe: EmbeddingRecipe;
}

export function createCacheWriter(parts: WriterParts): Pick<EmbeddingCache, 'store'> {
  const append = createAppender(parts);
  return {
    store: (request) =>
      settle(() => {
        store(parts, request, append);
      }),
  };
}

const LEAST_TRIES = 5;
const LEAST_MS = 8_000;

/**
 * Returns whether the line was written. If the index cannot be written, images are processed anyway, with one warning; after an input/output
 * error, which may pass, not before it was tried repeatedly.
 */
function createAppender({ store, log }: WriterParts): (line: string) => boolean {
  let isSaid = false;
  let failing: { readonly sinceMs: number; tries: number } | undefined;
  const mayPass = () => {
    const nowMs = performance.now();
    failing ??= { sinceMs: nowMs, tries: 0 };
    failing.tries += 1;
    return failing.tries < LEAST_TRIES || nowMs - failing.sinceMs < LEAST_MS;
  };
  return (line) => {
    const { indexFile } = store;
    try {
      appendLine(indexFile, line);
      failing = undefined;
      return true;
    } catch (fault) {
      const { cause } = fault as Error;
      const isSector = isSectorFault(cause, indexFile);
      if (!isSector && !(cause instanceof NotRegularFileError)) throw fault;
      if (isSector && mayPass()) {
        store.changeIndexFile();
        throw fault;
      }
      if (isSaid) return false;
      isSaid = true;
      log.warn(
        { file: indexFile, problem: toStorageAdvice(cause, indexFile) },
        'the cache index takes no lines: what is computed now is computed again by the next run',
      );
      return false;
    }
  };
}

function store(
  { store: vectors, index, log, recipe }: WriterParts,
  request: StoreRequest,
  append: (line: string) => boolean,
): void {
  const { alias, sha256, vector } = request;
  checkVector(vector, `${alias.project}/${alias.entry}`);
  const hash = toVectorName(sha256);
  const indexed = index.findVector(sha256);
  if (indexed === 'ambiguous') {
    log.warn({ sha256, hash }, 'two images share a short digest: the second is not cached');
    return;
  }
  const standing = findStanding(vectors, indexed, request);
  const place =
    standing === undefined ? vectors.write(sha256, vector) : vectors.placeOf(sha256, indexed);
  const known = standing === undefined ? undefined : index.findImage(alias);
  if (known?.sha256 === sha256 && known.isChecked) return;
  const { widthPx, heightPx, run, origin } = request;
  const line = {
    alias,
    sha256,
    recipeId: recipe.id,
    widthPx,
    heightPx,
    run,
    origin,
    ...place,
    vectorCrc32: toVectorChecksum(standing ?? vector),
  };
  const isLogged = append(encodeIndexLine(line));
  index.take(line, isLogged);
}

/** The vector that is stored already; undefined if there is none that can be used. */
function findStanding(
  store: WritableVectorStore,
  indexed: IndexedVector | undefined,
  { sha256, vector }: StoreRequest,
): Float32Array | undefined {
  const file = store.read(sha256, indexed);
  if (file.state !== 'sound') return undefined;
  const isVouched = file.isProven || indexed !== undefined;
  return isVouched || toVectorChecksum(file.vector) === toVectorChecksum(vector)
    ? file.vector
    : undefined;
}

function checkVector(vector: Float32Array, image: string): void {
  if (vector.length !== EMBEDDING_LENGTH || !isFiniteVector(vector)) {
    throw new PermanentError(
      'vector-not-finite',
      `${image}: the embedding is not ${EMBEDDING_LENGTH} finite numbers; check the embedder's model`,
    );
  }
}
