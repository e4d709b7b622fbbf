import {
  ConfigurationError,
  type BytesMode,
  type ImageSource,
  type RunId,
} from '@cullstream/contracts';
import { openBytesBorrower, type Bus } from '@cullstream/bus';
import { createSourceReader, MAX_IMAGE_BYTES } from '@cullstream/imaging';
import type { ServiceMetrics } from '@cullstream/runtime';

/** Where images are read: in the folder of originals, or at a host that has it. */
export interface ImageBytes {
  /**
   * The bytes of an image of a run, checked against its source.
   * @throws {PermanentError} when the image is given up
   * @throws {TransientError} when the disk fails for the moment, or the service is leaving
   */
  read(source: ImageSource, run: RunId): Promise<Uint8Array>;
  /** Waits for no bytes of others any more. */
  leave(): void;
  close(): Promise<void>;
}

export interface ImageBytesSettings {
  readonly bytes: BytesMode;
  readonly originals?: string | undefined;
}

/** @throws {ConfigurationError} when images are to be read here and no folder of them is named */
export async function openImageBytes(
  { bytes, originals: originalsDir }: ImageBytesSettings,
  bus: Bus,
  metrics: ServiceMetrics,
): Promise<ImageBytes> {
  if (bytes === 'object-store') {
    const leaving = new AbortController();
    const borrower = await openBytesBorrower(bus, leaving.signal);
    return {
      read: (source, run) =>
        metrics.time(
          'read',
          () => borrower.borrow(run, source),
          (bytes) => bytes.length,
        ),
      leave: () => leaving.abort(),
      close: () => Promise.resolve(),
    };
  }
  if (originalsDir === undefined) {
    throw new ConfigurationError([
      'originals: say where they are (CULL_ORIGINALS), or take images through the broker ' +
        '(CULL_BYTES=object-store)',
    ]);
  }
  const reader = createSourceReader({
    originalsDir,
    maxBytes: MAX_IMAGE_BYTES,
    onRead: (stage, durationMs, bytes) => metrics.observe(stage, durationMs / 1_000, bytes),
  });
  return {
    read: (source) => reader.read(source),
    leave: () => undefined,
    close: () => reader.close(),
  };
}
