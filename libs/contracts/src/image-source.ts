import { z } from 'zod';

const bytes = z.int().nonnegative();

/** One entry of a zip archive, described so that it can be read with one positioned read. */
export const zipEntrySource = z.strictObject({
  kind: z.literal('zip-entry'),
  /** Path of the archive below the originals folder, with `/`. */
  archive: z.string().min(1),
  /** Position in the central directory. It identifies the entry, because names may repeat. */
  entryIndex: z.int().nonnegative(),
  localHeaderOffset: bytes,
  /** Compression method as the archive states it: 0 stored, 8 deflated. */
  method: z.int().nonnegative(),
  encrypted: z.boolean(),
  compressedSize: bytes,
  size: bytes,
  crc32: z.int().min(0).max(0xffffffff),
});

/** One file of a project that is a folder. */
export const fileSource = z.strictObject({
  kind: z.literal('file'),
  /** Path of the file below the originals folder, with `/`. */
  path: z.string().min(1),
  size: bytes,
  /** Modification time in milliseconds since 1970. */
  modifiedMs: z.number(),
});

export const imageSource = z.discriminatedUnion('kind', [zipEntrySource, fileSource]);
export type ZipEntrySource = z.infer<typeof zipEntrySource>;
export type FileSource = z.infer<typeof fileSource>;
export type ImageSource = z.infer<typeof imageSource>;
