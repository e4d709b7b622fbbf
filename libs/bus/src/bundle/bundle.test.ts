import { headers } from '@nats-io/nats-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUNDLE_HEADER, bundledBytes, bundleHeaders, encodeBundle, openBundle } from './bundle.js';

const bundled = bundleHeaders(1);

const part = fc.record({
  id: fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }),
  data: fc.uint8Array({ maxLength: 300 }),
});

describe('a bundle', () => {
  it('gives its events back in order, whatever their ids and bytes', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
        const bytes = encodeBundle(parts);
        expect(bytes.length).toBe(parts.reduce((sum, each) => sum + bundledBytes(each), 0));
        const opened = openBundle(bundled, bytes);
        expect(opened?.map(({ id, data }) => ({ id, data: Uint8Array.from(data) }))).toEqual(parts);
      }),
    );
  });

  it('has a layout that others can read', () => {
    const bytes = encodeBundle([{ id: 'é', data: Uint8Array.of(7, 8, 9) }]);
    expect([...bytes]).toEqual([2, 0, 3, 0, 0, 0, 0xc3, 0xa9, 7, 8, 9]);
  });

  it('is none without the header, and none of another version', () => {
    const bytes = encodeBundle([{ id: 'a', data: Uint8Array.of(1) }]);
    const other = headers();
    other.set(BUNDLE_HEADER, '2');
    expect(openBundle(undefined, bytes)).toBeUndefined();
    expect(openBundle(headers(), bytes)).toBeUndefined();
    expect(openBundle(other, bytes)).toBeUndefined();
  });

  it('is none when its bytes end within an event', () => {
    const parts = [
      { id: 'a', data: Uint8Array.of(1, 2, 3) },
      { id: 'b', data: Uint8Array.of(4, 5) },
    ];
    const bytes = encodeBundle(parts);
    const whole = bundledBytes({ id: 'a', data: Uint8Array.of(1, 2, 3) });
    for (let length = 0; length < bytes.length; length++) {
      if (length === whole) continue;
      expect(openBundle(bundled, bytes.subarray(0, length)), `${length} bytes`).toBeUndefined();
    }
  });
});
