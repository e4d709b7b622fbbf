import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TransientError } from '@cullstream/contracts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendLine, readLines } from './index-file.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-index-'));
  path = join(folder, 'cache/index.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const readTexts = (from?: number) => [...readLines(path, from)].map(({ text }) => text);

describe('the index file', () => {
  it('is made by the first line, folder and all', () => {
    appendLine(path, '{"a":1}\n');
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n');
  });

  it('closes a torn line before the next one', () => {
    appendLine(path, '{"a":1}\n{"b"');
    appendLine(path, '{"c":3}\n');
    expect(readFileSync(path, 'utf8')).toBe('{"a":1}\n{"b"\n{"c":3}\n');
  });

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full', () => {
    expect(() => {
      appendLine('/dev/full', '{}\n');
    }).toThrow(TransientError);
    expect(() => {
      appendLine('/dev/full', '{}\n');
    }).toThrow('cannot append to the cache index /dev/full: the disk is full');
  });

  it('has no lines without a file', () => {
    expect(readTexts()).toEqual([]);
  });

  it('gives a last line without its line feed, and gives it again', () => {
    appendLine(path, 'one\ntwo');
    const [one, two] = [...readLines(path)];
    expect([one, two]).toEqual([
      { text: 'one', nextByte: 4 },
      { text: 'two', nextByte: 4 },
    ]);
    expect(readTexts(4)).toEqual(['two']);
  });

  it('passes over a piece longer than a chunk, and no line after it', () => {
    appendLine(path, `first\n${'x'.repeat(3_000_000)}\nlast\n`);
    const texts = readTexts();
    expect([texts[0], texts.at(-1)]).toEqual(['first', 'last']);
    expect(texts.length).toBeLessThanOrEqual(3);
  });

  it('gives lines of any length whole, over the borders of chunks', () => {
    appendLine(path, 'é\n');
    const lengths = fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lengths, (all) => {
        const lines = all.map((length, index) => String.fromCodePoint(0xe0 + index).repeat(length));
        writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
        expect(readTexts()).toEqual(lines);
      }),
      { numRuns: 20 },
    );
  });
});
