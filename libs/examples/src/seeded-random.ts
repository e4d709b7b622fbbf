import { createCipheriv, createHash } from 'node:crypto';

/** Numbers in [0, 1), the same for the same seed everywhere. */
export type Random = () => number;

const BLOCK_BYTES = 4096;

/** Numbers out of the key stream of AES-128 in counter mode, the key being the seed's digest. */
export function seededRandom(seed: number): Random {
  const key = createHash('sha256').update(String(seed)).digest().subarray(0, 16);
  const stream = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(BLOCK_BYTES);
  let block = stream.update(zeros);
  let position = 0;
  return () => {
    if (position === BLOCK_BYTES) {
      block = stream.update(zeros);
      position = 0;
    }
    position += 4;
    return block.readUInt32LE(position - 4) / 2 ** 32;
  };
}
