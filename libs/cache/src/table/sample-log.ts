import { closeSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { openRegularFileSync } from '@cullstream/files';

const SAMPLES = 16;
const SAMPLE_BYTES = 4_096;

/**
 * CRC-32 of blocks taken evenly from the first bytes of a file, the first and the last among them;
 * undefined where the file is shorter or missing. A file that was replaced or cut off has another one;
 * a change that leaves the length alone is noticed only where a block is taken.
 */
export function sampleLog(path: string, bytes: number): number | undefined {
  if (bytes === 0) return 0;
  let file: number;
  try {
    file = openRegularFileSync(path);
  } catch {
    return undefined;
  }
  try {
    const block = Buffer.alloc(SAMPLE_BYTES);
    const last = Math.max(0, bytes - SAMPLE_BYTES);
    let sum = bytes;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const at = Math.floor((last * sample) / (SAMPLES - 1));
      const wanted = Math.min(SAMPLE_BYTES, bytes - at);
      if (readSync(file, block, 0, wanted, at) < wanted) return undefined;
      sum = crc32(block.subarray(0, wanted), sum);
      if (last === 0) break;
    }
    return sum;
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
