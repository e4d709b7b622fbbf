import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PermanentError } from '@cullstream/contracts';
import { preprocess } from './preprocess.js';
import type { PreprocessedImage } from './preprocess-options.js';
import { TARGET_SIZE_PX } from './resample/target-window.js';

/** Images and what Pillow 9.4 makes of each: `fixtures/make-damaged.py` describes the table. */
const folder = new URL('../fixtures/damaged/', import.meta.url);
const table = readFileSync(new URL('table.txt', folder), 'utf8').trim().split('\n');
const sound = new Map(
  readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder))]),
);
const SQUARES = 4;
const TOLERANCE = 2;

/** The sound image with the edits. */
function makeDamaged(name: string, edits: readonly string[]): Buffer {
  return edits.reduce(
    (bytes, edit) => {
      const [at = '', removed = '', inserted = ''] = edit.split(',');
      const [from, to] = inserted.split('..').map(Number);
      const added = to === undefined ? Buffer.from(inserted, 'hex') : bytes.subarray(from, to);
      return Buffer.concat([
        bytes.subarray(0, Number(at)),
        added,
        bytes.subarray(Number(at) + Number(removed)),
      ]);
    },
    sound.get(name) ?? Buffer.alloc(0),
  );
}

function digest({ pixels, widthPx, heightPx }: PreprocessedImage): string {
  const hash = createHash('sha256').update(`${widthPx}x${heightPx}`).update(pixels);
  return hash.digest('hex').slice(0, 16);
}

/** The averages of squares, as in the table. */
function squaresOf({ pixels }: PreprocessedImage): number[] {
  const side = TARGET_SIZE_PX / SQUARES;
  const sums = new Array<number>(SQUARES * SQUARES * 3).fill(0);
  for (const [at, sample] of pixels.entries()) {
    const [x, y] = [Math.floor(at / 3) % TARGET_SIZE_PX, Math.floor(at / 3 / TARGET_SIZE_PX)];
    const square = Math.floor(y / side) * SQUARES + Math.floor(x / side);
    sums[square * 3 + (at % 3)] = (sums[square * 3 + (at % 3)] ?? 0) + sample;
  }
  return sums.map((sum) => sum / side ** 2);
}

function isNear(image: PreprocessedImage, expected: string): boolean {
  const averages = Buffer.from(expected, 'hex');
  return squaresOf(image).every(
    (average, at) => Math.abs(average - (averages[at] ?? 0)) <= TOLERANCE,
  );
}

/** What differs from the table; undefined if nothing does. */
async function difference(line: string): Promise<string | undefined> {
  const [name = '', expected = '', ...edits] = line.split(' ');
  try {
    const image = await preprocess(makeDamaged(name, edits), 'exact');
    if (expected.startsWith('near:')) {
      return isNear(image, expected.slice('near:'.length)) ? undefined : `${line} is not near`;
    }
    const found = digest(image);
    return expected.replace('~', '') === found ? undefined : `${line} is ${found}`;
  } catch (error) {
    if (expected === 'refused' && error instanceof PermanentError) return undefined;
    return `${line} ${String(error)}`;
  }
}

test('2,000 damaged images have the pixels that Pillow gives, or are refused as by Pillow', async () => {
  expect(table).toHaveLength(2000);
  const differences: string[] = [];
  for (const line of table) {
    const found = await difference(line);
    if (found !== undefined) differences.push(found);
  }
  expect(differences).toEqual([]);
}, 60_000);
