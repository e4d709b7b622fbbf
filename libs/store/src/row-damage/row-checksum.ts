import { crc32 } from 'node:zlib';
import type { PredictionRow } from '../schema.js';

/** The values that a result consists of. The same ones in another run have the same checksum. */
export type CheckedValues = Omit<PredictionRow, 'run' | 'outcome' | 'checksum'>;

/** CRC-32 of the values of a result. */
export function toRowChecksum(row: CheckedValues): number {
  return crc32(
    JSON.stringify([
      row.sequence,
      row.content_sha256,
      row.width_px,
      row.height_px,
      row.embedding_recipe,
      row.score,
      row.crop,
      row.stage,
      row.reason,
      row.message,
    ]),
  );
}
