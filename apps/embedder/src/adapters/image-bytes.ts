import { setMaxListeners } from 'node:events';
import {
  ConfigurationError,
  type BytesMode,
  type ImageSource,
  type RunId,
} from '@cullstream/contracts';
import { openImageBytesFetcher, type Bus } from '@cullstream/bus';
import type { ChecksumThreads } from '@cullstream/embedding';
import { createRetryingReader, createSourceReader, MAX_IMAGE_BYTES } from '@cullstream/imaging';
import { SourceGuard } from '@cullstream/imaging/archive';
import type { Logger, ServiceMetrics } from '@cullstream/runtime';

/** Reads images from the folder of originals, or through the broker from a host that has it. */
export interface ImageBytes {
  /**
   * The bytes of an image of a run, checked against its source. Waits while the source is unreachable.
   * @param project source of the image's project, if it is known
   * @throws {PermanentError} when the image is given up
   * @throws {TransientError} when memory or open files run out, or when the service is stopping
   * @throws {HungCallError} when the disk does not answer
   */
  read(source: ImageSource, run: RunId, project?: string): Promise<Uint8Array>;
  /** Ends all waiting: the service is stopping. */
  leave(): void;
  close(): Promise<void>;
}

export interface ImageBytesSettings {
  readonly bytes: BytesMode;
  readonly originals?: string | undefined;
  /** In seconds. */
  readonly readTimeout: number;
}

export interface ImageBytesContext {
  readonly metrics: ServiceMetrics;
  readonly log: Logger;
  readonly checksums: ChecksumThreads;
}

/** @throws {ConfigurationError} when images are read from the originals and no folder is set */
export async function openImageBytes(
  { bytes, originals: originalsDir, readTimeout }: ImageBytesSettings,
  bus: Bus,
  { metrics, log, checksums }: ImageBytesContext,
): Promise<ImageBytes> {
  const leaving = new AbortController();
  const { signal } = leaving;
  const leave = () => leaving.abort();
  if (bytes === 'object-store') {
    const fetcher = await openImageBytesFetcher(bus, signal);
    return {
      read: (source, run) =>
        metrics.time(
          'read',
          () => fetcher.fetch(run, source),
          (bytes) => bytes.length,
        ),
      leave,
      close: () => Promise.resolve(),
    };
  }
  if (originalsDir === undefined) {
    throw new ConfigurationError([
      '‹originals›: say where they are (CULL_ORIGINALS), or take images through the broker ' +
        '(CULL_BYTES=object-store)',
    ]);
  }
  const reader = createSourceReader({
    originalsDir,
    maxBytes: MAX_IMAGE_BYTES,
    answerWithinMs: readTimeout * 1_000,
    computeCrc32: (bytes) => checksums.crc32(bytes),
    onRead: (stage, durationMs, bytes) => metrics.observe(stage, durationMs / 1_000, bytes),
  });
  // Every waiting image adds a listener: Node's warning about many listeners does not apply.
  setMaxListeners(0, signal);
  const guard = new SourceGuard({ originalsDir, log });
  const patient = createRetryingReader(reader, { guard, signal });
  return {
    read: (source, _run, project) => patient.read(source, project),
    leave,
    close: () => patient.close(),
  };
}
