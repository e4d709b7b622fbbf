import { z } from 'zod';
import { EVENT_VERSION, failureReason } from './events/common.js';
import { imageSource } from './image-source.js';
import type { RunId } from './names.js';
import { toSubjectToken } from './subjects.js';

/** How embedders get the bytes of images. */
export const bytesModes = ['originals', 'object-store'] as const;
export type BytesMode = (typeof bytesModes)[number];

/** What an embedder without the originals asks for: an image's bytes, or null for a word only. */
export const bytesRequest = z.object({
  v: z.literal(EVENT_VERSION),
  source: imageSource.nullable(),
});
export type BytesRequest = z.infer<typeof bytesRequest>;

/** What is answered by whoever has the originals. */
export const bytesAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ready') }),
  /** The bytes are in the bucket under this name, for as long as nobody deletes them. */
  z.object({ outcome: z.literal('lent'), object: z.string().min(1) }),
  /** The image is given up, for the reason that reading it here would have given. */
  z.object({ outcome: z.literal('failed'), reason: failureReason, message: z.string() }),
  /** Not now: ask again. */
  z.object({ outcome: z.literal('busy'), message: z.string() }),
]);
export type BytesAnswer = z.infer<typeof bytesAnswer>;

/** Where the bytes of a run's images are asked for, or of every run's. */
export function bytesSubject(run?: RunId): string {
  return `cull.bytes.${run === undefined ? '*' : toSubjectToken(run)}`;
}
