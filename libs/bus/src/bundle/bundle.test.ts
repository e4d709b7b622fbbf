import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { headers } from '@nats-io/nats-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BUNDLE_HEADER,
  bundleHeaders,
  encodeBundle,
  openBundle,
  readEventCount,
} from './bundle.js';

const bundled = bundleHeaders(1);
const VECTOR_BYTES = 2_048;

/** The headers of a bundle of contract 1. */
const plain = headers();
plain.set(BUNDLE_HEADER, '1');
plain.set('Cull-Events', '2');

/** An encoded event that ends with a vector. */
function withVector(json: Uint8Array, vector: Uint8Array): Uint8Array {
  const head = Buffer.from('CV\x01\0\0\0\0\0', 'latin1');
  head.writeUInt32LE(json.length, 4);
  return Uint8Array.from(Buffer.concat([head, json, vector]));
}

const bytes = fc.uint8Array({ maxLength: 300 });
const framed = fc
  .tuple(bytes, fc.uint8Array({ minLength: VECTOR_BYTES, maxLength: VECTOR_BYTES }))
  .map(([json, vector]) => withVector(json, vector));
const part = fc.record({
  id: fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }),
  data: fc.oneof({ weight: 3, arbitrary: bytes }, { weight: 1, arbitrary: framed }),
});

/** A message whose list of events is these bytes, without vectors. */
function messageOf(list: Uint8Array, vectors: Uint8Array = new Uint8Array()): Buffer {
  const deflated = deflateRawSync(list);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(deflated.length);
  return Buffer.concat([length, deflated, vectors]);
}

describe('a bundle', () => {
  it('gives its events back in order, whatever their ids and bytes', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
        const opened = openBundle(bundled, encodeBundle(parts));
        expect(opened?.map(({ id, data }) => ({ id, data: Uint8Array.from(data) }))).toEqual(parts);
      }),
    );
  });

  it('has a layout that others can read', () => {
    const vector = new Uint8Array(VECTOR_BYTES).fill(5);
    const message = Buffer.from(
      encodeBundle([
        { id: 'é', data: Uint8Array.of(7, 8, 9) },
        { id: 'v', data: withVector(Uint8Array.of(1), vector) },
      ]),
    );
    const vectorsAt = 4 + message.readUInt32LE(0);
    expect([...inflateRawSync(message.subarray(4, vectorsAt))]).toEqual([
      ...[2, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0xc3, 0xa9, 7, 8, 9],
      ...[1, 0, 9, 0, 0, 0, 0, 8, 0, 0, 0x76, 0x43, 0x56, 1, 0, 1, 0, 0, 0, 1],
    ]);
    expect(message.subarray(vectorsAt).equals(vector)).toBe(true);
  });

  it('of contract 1 is read, too', () => {
    const message = Uint8Array.of(2, 0, 3, 0, 0, 0, 0xc3, 0xa9, 7, 8, 9, 1, 0, 0, 0, 0, 0, 0x61);
    expect(openBundle(plain, message)?.map(({ id, data }) => [id, ...data])).toEqual([
      ['é', 7, 8, 9],
      ['a'],
    ]);
    expect(readEventCount(plain)).toBe(2);
  });

  it('is far smaller than the events in it', () => {
    const parts = Array.from({ length: 64 }, (_, sequence) => ({
      id: `20260101T000000Z-abcd/project/${sequence}/image.found`,
      data: Buffer.from(JSON.stringify({ sequence, project: { name: 'project', images: 64 } })),
    }));
    const listed = parts.reduce((sum, { id, data }) => sum + id.length + data.length, 0);
    expect(encodeBundle(parts).length).toBeLessThan(listed / 5);
  });

  it('is none without the header, and none of another version', () => {
    const message = encodeBundle([{ id: 'a', data: Uint8Array.of(1) }]);
    const other = headers();
    other.set(BUNDLE_HEADER, '3');
    expect(openBundle(undefined, message)).toBeUndefined();
    expect(openBundle(headers(), message)).toBeUndefined();
    expect(openBundle(other, message)).toBeUndefined();
    expect(readEventCount(other)).toBe(1);
  });

  it('is none when its bytes end too early, or go on', () => {
    const vector = new Uint8Array(VECTOR_BYTES);
    const message = encodeBundle([
      { id: 'a', data: Uint8Array.of(1, 2, 3) },
      { id: 'b', data: withVector(Uint8Array.of(4, 5), vector) },
    ]);
    for (let length = 0; length < message.length; length++) {
      expect(openBundle(bundled, message.subarray(0, length)), `${length} bytes`).toBeUndefined();
    }
    expect(openBundle(bundled, Buffer.concat([message, vector]))).toBeUndefined();
    const list = Buffer.from([1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x61, 7]);
    expect(openBundle(bundled, messageOf(list))).toHaveLength(1);
    for (let length = 0; length < list.length; length++) {
      expect(openBundle(bundled, messageOf(list.subarray(0, length)))).toBeUndefined();
    }
    for (let length = 1; length < 11; length++) {
      expect(openBundle(plain, message.subarray(0, length))).toBeUndefined();
    }
  });

  it('that inflates to far more than a message carries is none', () => {
    const id = Buffer.from([1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0x61]);
    const list = Buffer.concat([id, Buffer.alloc(32 << 20)]);
    expect(messageOf(list).length).toBeLessThan(64_000);
    expect(openBundle(bundled, messageOf(list))).toBeUndefined();
  });
});
