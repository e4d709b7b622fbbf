import { z } from 'zod';
import { EVENT_VERSION, failureReason } from './events/common.js';
import { imageSource } from './image-source.js';
import type { RunId } from './names.js';
import { toSubjectToken } from './subjects.js';

/** How embedders get the image files. */
export const bytesModes = ['originals', 'object-store'] as const;
export type BytesMode = (typeof bytesModes)[number];

/**
 * The request of an embedder without the originals: for an image's bytes, or null to test the
 * connection.
 */
export const bytesRequest = z.object({
  v: z.literal(EVENT_VERSION),
  source: imageSource.nullable(),
});
export type BytesRequest = z.infer<typeof bytesRequest>;

/** The answer of the service that has the originals. */
export const bytesAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ready') }),
  /** The bytes are in the bucket under this name until they are deleted. */
  z.object({ outcome: z.literal('lent'), object: z.string().min(1) }),
  /** The image failed, for the reason that reading it locally would have given. */
  z.object({ outcome: z.literal('failed'), reason: failureReason, message: z.string() }),
  /** Not available at the moment: ask again. */
  z.object({ outcome: z.literal('busy'), message: z.string() }),
]);
export type BytesAnswer = z.infer<typeof bytesAnswer>;

/** The subject for requests for the bytes of a run's images, or of every run's. */
export function bytesSubject(run?: RunId): string {
  return `cull.bytes.${run === undefined ? '*' : toSubjectToken(run)}`;
}
