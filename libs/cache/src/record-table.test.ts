import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordTable } from './record-table.js';

// Few different words, so that keys share slots and differ in their last word only.
const word = fc.constantFrom(0, 1, 2, 2048, 4096, 0xffffffff);
const pairs = fc.array(fc.tuple(word, word, fc.nat()), { maxLength: 300 });

describe('a record table', () => {
  it('answers as a map does', () => {
    fc.assert(
      fc.property(pairs, (entries) => {
        const table = new RecordTable(2, 1);
        const map = new Map<string, number>();
        for (const [a, b, value] of entries) {
          table.set(Uint32Array.of(a, b), Uint32Array.of(value));
          map.set(`${a},${b}`, value);
        }
        expect(table.size).toBe(map.size);
        for (const [key, value] of map) {
          expect([...(table.get(Uint32Array.from(key.split(','), Number)) ?? [])]).toEqual([value]);
        }
        expect(table.get(Uint32Array.of(3, 3))).toBeUndefined();
      }),
    );
  });

  it('keeps every record while it grows', () => {
    const table = new RecordTable(1, 2);
    const count = 10_000;
    for (let key = 0; key < count; key++) {
      table.set(Uint32Array.of(key * 7919), Uint32Array.of(key, key + 1));
    }
    const found = Array.from({ length: count }, (_, key) => table.get(Uint32Array.of(key * 7919)));
    expect(table.size).toBe(count);
    expect(found.every((value, key) => value?.[0] === key && value[1] === key + 1)).toBe(true);
  });
});
