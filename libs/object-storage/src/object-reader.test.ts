import { describe, expect, it } from 'vitest';
import type { Bucket, StoredObject } from './bucket.js';
import { ObjectReader } from './object-reader.js';
import { StorageError } from './storage-error.js';

const KIB = 1024;
const content = Buffer.from(Array.from({ length: 4096 * KIB }, (_unused, index) => index * 7));
const object: StoredObject = {
  key: 'a.zip',
  size: content.length,
  modifiedMs: 0,
  etag: '"one"',
};

/** A bucket of one object, which notes what is requested and answers when it is told to. */
function openFake() {
  const requested: [number, number][] = [];
  let held: (() => Promise<void>) | undefined;
  let fault: StorageError | undefined;
  const bucket: Pick<Bucket, 'read'> = {
    async read(_object, target, position, onFilled) {
      requested.push([position, target.length]);
      await held?.();
      if (fault !== undefined) throw fault;
      const filled = content.copy(target, 0, position, position + target.length);
      // It comes in pieces.
      for (let piece = 1; piece <= 4; piece++) {
        onFilled?.(Math.ceil((filled * piece) / 4));
        await Promise.resolve();
      }
      return filled;
    },
  };
  return {
    bucket: bucket as Bucket,
    requested,
    hold: (until: Promise<void>) => (held = () => until),
    fail: (error: StorageError | undefined) => (fault = error),
  };
}

const options = { mostAheadBytes: 1024 * KIB, memoryBytes: 2048 * KIB };

describe('reading pieces of an object', () => {
  it('requests neighbours together, in few ranges, and gives each its own bytes', async () => {
    const { bucket, requested } = openFake();
    const reader = new ObjectReader(bucket, options);
    const pieces = Array.from({ length: 100 }, (_unused, index) => index * 10 * KIB);
    const read = await Promise.all(
      pieces.map(async (position) => {
        const target = Buffer.alloc(10 * KIB);
        expect(await reader.read(object, target, position)).toBe(target.length);
        return target;
      }),
    );
    expect(
      read.map((bytes, index) =>
        bytes.equals(content.subarray(index * 10 * KIB, (index + 1) * 10 * KIB)),
      ),
    ).toEqual(pieces.map(() => true));
    expect(requested.length).toBeLessThanOrEqual(3);
  });

  it('reads small pieces up to the end of an object in few requests', async () => {
    const { bucket, requested } = openFake();
    const reader = new ObjectReader(bucket, options);
    for (let position = 0; position < content.length; position += 2 * KIB) {
      await reader.read(object, Buffer.alloc(2 * KIB), position);
    }
    expect(requested.length).toBeLessThanOrEqual(6);
  });

  it('requests nothing ahead for pieces that are far from each other, or large', async () => {
    const { bucket, requested } = openFake();
    const reader = new ObjectReader(bucket, options);
    for (const position of [0, 500, 1000, 2000]) {
      await reader.read(object, Buffer.alloc(KIB), position * KIB);
    }
    const large = Buffer.alloc(900 * KIB);
    for (const position of [0, 900, 1800]) await reader.read(object, large, position * KIB);
    expect(requested.map(([, length]) => length / KIB)).toEqual([1, 1, 1, 1, 900, 900, 900]);
  });

  it('follows several places at once, as the stages of a project are', async () => {
    const { bucket, requested } = openFake();
    const reader = new ObjectReader(bucket, options);
    const target = Buffer.alloc(10 * KIB);
    for (let index = 0; index < 30; index++) {
      for (const start of [0, 1500, 3000]) {
        await reader.read(object, target, (start + index * 10) * KIB);
        expect(
          target.equals(content.subarray((start + index * 10) * KIB).subarray(0, target.length)),
        ).toBe(true);
      }
    }
    // Memory is enough for two of the three.
    expect(requested.length).toBeLessThanOrEqual(2 * 2 + 30);
    expect(requested.reduce((sum, [, length]) => sum + length, 0)).toBeLessThan(3000 * KIB);
  });

  it('forgets a range that was left behind', async () => {
    const { bucket, requested } = openFake();
    const reader = new ObjectReader(bucket, { ...options, memoryBytes: 1024 * KIB });
    const read = (position: number) => reader.read(object, Buffer.alloc(KIB), position * KIB);
    await read(0);
    await read(1);
    for (let index = 0; index < 80; index++) await read(2000 + index);
    expect(requested.filter(([, length]) => length > KIB).length).toBe(2);
    expect(requested.length).toBeLessThan(70);
  });

  it('holds no more in memory than it may: what has no room is requested alone', async () => {
    const { bucket, requested, hold } = openFake();
    const reader = new ObjectReader(bucket, { ...options, memoryBytes: 1024 * KIB });
    let release = (): void => undefined;
    hold(new Promise((resolve) => (release = resolve)));
    const reads = [0, 1, 2000, 2001].map((position) =>
      reader.read(object, Buffer.alloc(KIB), position * KIB),
    );
    release();
    expect(await Promise.all(reads)).toEqual([KIB, KIB, KIB, KIB]);
    expect(requested.map(([, length]) => length / KIB)).toEqual([1, 1024, 1, 1]);
  });

  it('fails all that wait for a range that fails, and requests it again afterwards', async () => {
    const { bucket, fail } = openFake();
    const reader = new ObjectReader(bucket, options);
    const read = (position: number) => reader.read(object, Buffer.alloc(KIB), position * KIB);
    await read(0);
    fail(new StorageError('ETIMEDOUT', 'does not answer'));
    const failed = await Promise.allSettled([read(1), read(2), read(3)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    fail(undefined);
    expect(await read(1)).toBe(KIB);
  });

  it('gives fewer bytes at the end, none behind it, and no bytes of an earlier version', async () => {
    const { bucket, requested } = openFake();
    const reader = new ObjectReader(bucket, options);
    const target = Buffer.alloc(2 * KIB);
    expect(await reader.read(object, target, object.size - KIB)).toBe(KIB);
    expect(await reader.read(object, target, object.size)).toBe(0);
    await reader.read(object, target, 0);
    await reader.read(object, target, 2 * KIB);
    const before = requested.length;
    await reader.read({ ...object, etag: '"two"' }, target, 4 * KIB);
    expect(requested.length).toBe(before + 1);
  });
});
