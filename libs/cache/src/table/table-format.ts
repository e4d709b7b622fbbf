import { endianness } from 'node:os';
import { z } from 'zod';

/** The unit that is read and that has a checksum. */
export const PAGE_BYTES = 4_096;
export const RECORD_WORDS = 16;
const RECORD_BYTES = RECORD_WORDS * 4;
/** The last word of a page is its CRC-32. */
export const PAGE_RECORDS = Math.floor((PAGE_BYTES - 4) / RECORD_BYTES);
export const PAGE_CRC_AT = PAGE_BYTES - 4;

/**
 * A record: key, digest of a content, width, height, checksum of its vector, flags. The key of an image
 * is 128 bits of its alias's digest. That of a content is its short hash, then the number of its vector's
 * file plus one and its row.
 */
export const KEY_WORDS = 4;
export const FLAGS_AT = RECORD_WORDS - 1;
export const HAS_CRC = 1;
export const IS_CONTENT = 2;
/** An image's flags contain the number of its source from this bit on. */
export const SOURCE_SHIFT = 2;

/** At the end of the file: magic, bytes of the fences, bytes of the facts, CRC-32 of all these. */
export const TRAILER_BYTES = 20;
export const MAGIC = 'CULLTAB1';

/** What stands behind the pages as JSON. */
export const tableFacts = z.object({
  recipe: z.string(),
  /** Of words. A table that was written on another kind of machine is made again. */
  endianness: z.literal(endianness()),
  records: z.number(),
  aliases: z.number(),
  contents: z.number(),
  unreadableLines: z.number(),
  ambiguous: z.array(z.string()),
  sources: z.array(z.object({ run: z.string(), origin: z.enum(['computed', 'cached', 'legacy']) })),
  /** Files of packed vectors, as lines name them. */
  files: z.array(z.string()),
  /** What was read of each file of lines, and a checksum of samples of it. */
  logs: z.array(z.object({ name: z.string(), bytes: z.number(), samples: z.number() })),
});
export type TableFacts = z.infer<typeof tableFacts>;
