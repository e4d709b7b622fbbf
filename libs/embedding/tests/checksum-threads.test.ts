import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { createChecksumThreads } from '../src/checksums/checksum-threads.js';

const threads = createChecksumThreads(2);
afterAll(() => threads.close());

function makeBytes(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_unused, at) => (at * seed) & 0xff);
}

describe('checksums in threads', () => {
  it('are those of the calling thread, for several images at once', async () => {
    const images = [0, 10, 65_535, 65_536, 300_000, 1_000_001].map((length, index) =>
      makeBytes(length, 7 + 2 * index),
    );
    const expected = images.map((bytes) => ({
      length: bytes.length,
      crc32: crc32(bytes),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    }));
    const found = await Promise.all(
      images.map(async (given) => {
        const first = await threads.crc32(given);
        const { bytes, sha256 } = await threads.sha256(first.bytes);
        return { length: bytes.length, crc32: first.crc32, sha256 };
      }),
    );
    expect(found).toEqual(expected);
  });

  it('takes a large image away and gives it back, from where it begins in its memory', async () => {
    const given = makeBytes(200_100, 3).subarray(100);
    const copy = given.slice();
    const { bytes } = await threads.crc32(given);
    expect(given.length).toBe(0);
    expect(bytes).toEqual(copy);
  });

  it('fails images whose thread ended, and starts another for the next', async () => {
    const own = createChecksumThreads(1);
    const lost = own.sha256(new Uint8Array(50_000_000));
    await own.close();
    await expect(lost).rejects.toThrow('a thread for checksums ended');
    const { crc32: found } = await own.crc32(makeBytes(70_000, 5));
    expect(found).toBe(crc32(makeBytes(70_000, 5)));
    await own.close();
  });
});
