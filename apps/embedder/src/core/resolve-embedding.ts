import {
  PermanentError,
  type EmbeddingOrigin,
  type ImageFound,
  type ImageSource,
  type RunId,
} from '@cullstream/contracts';
import type { EmbeddingCache, ImageAlias } from '@cullstream/cache';

/** The embedding of an image, and how it was found. */
export interface ResolvedEmbedding {
  readonly contentSha256: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Raw embedding, float32 [512]. */
  readonly vector: Float32Array;
  readonly origin: EmbeddingOrigin;
}

/** The adapters that `resolveEmbedding` uses. */
export interface EmbeddingPorts {
  readonly cache: EmbeddingCache;
  /** Waits until so many bytes fit into the memory budget, then does the work. */
  whileHolding<T>(sizeBytes: number, work: () => Promise<T>): Promise<T>;
  /** Within `whileHolding`: waits until the decoded image fits into the budget too, then does the work. */
  whileDecoding<T>(bytes: Uint8Array, work: () => Promise<T>): Promise<T>;
  /**
   * The bytes of an image, checked against its source.
   * @param project source of the image's project, if it is known
   */
  read(source: ImageSource, run: RunId, project?: string): Promise<Uint8Array>;
  /** Computes the SHA-256 in another thread: the bytes are transferred there and returned. */
  digest(bytes: Uint8Array): Promise<{ bytes: Uint8Array; sha256: string }>;
  /** Reads the size from the image's header, without decoding it. */
  readSize(bytes: Uint8Array): Promise<{ widthPx: number; heightPx: number }>;
  /** @param crc32 CRC-32 of the bytes, which `read` has already checked */
  embed(
    bytes: Uint8Array,
    crc32?: number,
  ): Promise<{
    vector: Float32Array;
    widthPx: number;
    heightPx: number;
    /** Durations of the single steps, if the engine reports them. */
    timings?: readonly { readonly stage: string; readonly durationMs: number }[];
  }>;
  /** The older tool's vector for this image; undefined if its cache did not pass the check. */
  legacyVector(event: ImageFound): Promise<Float32Array | undefined>;
}

/**
 * The embedding of an image whose name and place the cache knows. Its checksum vouches for the vector, so
 * it counts whatever became of the data folder meanwhile.
 * @returns undefined for all other images, and where the cache cannot be read
 */
export async function findCached(
  event: ImageFound,
  alias: ImageAlias,
  ports: EmbeddingPorts,
): Promise<ResolvedEmbedding | undefined> {
  try {
    return await byAlias(event, alias, ports);
  } catch {
    return undefined;
  }
}

/**
 * Finds the vector of an image in the cheapest way: by its alias (nothing is read), by its content
 * under another name (nothing is decoded), from the older tool, or else by computing it.
 */
export async function resolveEmbedding(
  event: ImageFound,
  alias: ImageAlias,
  ports: EmbeddingPorts,
): Promise<ResolvedEmbedding> {
  return (
    (await byAlias(event, alias, ports)) ??
    ports.whileHolding(encodedBytes(event.source), () => byContent(event, alias, ports))
  );
}

async function byAlias(
  event: ImageFound,
  alias: ImageAlias,
  { cache }: EmbeddingPorts,
): Promise<ResolvedEmbedding | undefined> {
  const known = cache.findAlias(alias);
  if (known === undefined) return undefined;
  const vector = await cache.readVector(known.sha256);
  if (vector === undefined) return undefined;
  const { sha256, widthPx, heightPx, run, origin } = known;
  // The line was written before lines had checksums: storing it again adds them.
  if (!known.isChecked)
    await cache.store({ alias, sha256, widthPx, heightPx, vector, run, origin });
  return {
    contentSha256: sha256,
    widthPx,
    heightPx,
    vector,
    origin: toOrigin({ run, origin }, event),
  };
}

/** If this run itself stored the line, the message was delivered twice: it still counts as computed. */
function toOrigin(
  { run, origin }: Pick<ResolvedEmbedding, 'origin'> & Pick<ImageFound, 'run'>,
  event: ImageFound,
): EmbeddingOrigin {
  return run === event.run ? origin : 'cached';
}

async function byContent(
  event: ImageFound,
  alias: ImageAlias,
  ports: EmbeddingPorts,
): Promise<ResolvedEmbedding> {
  const read = await ports.read(event.source, event.run, event.project.source);
  if (read.length === 0) throw new PermanentError('empty-file', `${event.image} has no bytes`);
  const { bytes, sha256: contentSha256 } = await ports.digest(read);
  const resolved = (await cachedContent({ event, alias, contentSha256 }, bytes, ports)) ??
    (await legacyContent(event, contentSha256, bytes, ports)) ?? {
      contentSha256,
      ...(await ports.whileDecoding(bytes, () => ports.embed(bytes, readCrc32(event.source)))),
      origin: 'computed' as const,
    };
  await ports.cache.store({
    alias,
    sha256: contentSha256,
    widthPx: resolved.widthPx,
    heightPx: resolved.heightPx,
    vector: resolved.vector,
    run: event.run,
    origin: resolved.origin,
  });
  return resolved;
}

interface ReadImage {
  readonly event: ImageFound;
  readonly alias: ImageAlias;
  readonly contentSha256: string;
}

async function cachedContent(
  { event, alias, contentSha256 }: ReadImage,
  bytes: Uint8Array,
  ports: EmbeddingPorts,
): Promise<ResolvedEmbedding | undefined> {
  const { cache } = ports;
  const vector = await cache.readVector(contentSha256);
  if (vector === undefined) return undefined;
  const known = cache.findContent(contentSha256);
  if (known !== undefined) {
    // Delivered twice, it may have been stored by another embedder since its alias was looked up.
    const listed = cache.findAlias(alias);
    const origin = listed?.sha256 === contentSha256 ? toOrigin(listed, event) : 'cached';
    return { ...sizeOnly(known), contentSha256, vector, origin };
  }
  // A vector without an index line: the process that computed it was killed before it reported it.
  return { ...sizeOnly(await ports.readSize(bytes)), contentSha256, vector, origin: 'computed' };
}

async function legacyContent(
  event: ImageFound,
  contentSha256: string,
  bytes: Uint8Array,
  ports: EmbeddingPorts,
): Promise<ResolvedEmbedding | undefined> {
  const vector = await ports.legacyVector(event);
  if (vector === undefined) return undefined;
  return { contentSha256, ...(await ports.readSize(bytes)), vector, origin: 'legacy' };
}

/** While an entry is inflated, its packed and unpacked bytes are both in memory. */
function encodedBytes(source: ImageSource): number {
  if (source.kind === 'file') return source.size;
  const isStored = source.compressedSize === source.size;
  return isStored ? source.size : source.size + source.compressedSize;
}

function readCrc32(source: ImageSource): number | undefined {
  return source.kind === 'zip-entry' ? source.crc32 : undefined;
}

function sizeOnly({ widthPx, heightPx }: { widthPx: number; heightPx: number }) {
  return { widthPx, heightPx };
}
