import type { Random } from '../support/random.js';

const INTERESTING = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256, 257];
const LARGE = [
  0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
];

type Mutation = (bytes: Buffer, random: Random, other: Buffer) => Buffer;

const mutations: readonly Mutation[] = [
  (bytes, random) => change(bytes, random, (old) => old ^ (1 << random.below(8))),
  (bytes, random) => change(bytes, random, () => random.below(256)),
  (bytes, random) => change(bytes, random, (old) => old + random.below(9) - 4),
  (bytes, random) => change(bytes, random, () => random.pick(INTERESTING)),
  writeNumber,
  (bytes, random) =>
    splice(bytes, random.below(bytes.length), 1 + random.below(16), Buffer.alloc(0)),
  (bytes, random) => splice(bytes, random.below(bytes.length), 0, noise(random)),
  (bytes, random) => splice(bytes, random.below(bytes.length + 1), 0, range(bytes, random)),
  (bytes, random) => splice(bytes, random.below(bytes.length + 1), 0, range(bytes, random)),
  (bytes, random) => {
    const copy = range(bytes, random);
    return splice(bytes, random.below(bytes.length), copy.length, copy);
  },
  (bytes, random, other) => splice(bytes, random.below(bytes.length + 1), 0, range(other, random)),
  (bytes, random, other) => {
    const at = random.below(Math.min(bytes.length, other.length));
    return Buffer.concat([bytes.subarray(0, at), other.subarray(at)]);
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length) + 1),
  (bytes, random) => {
    const filled = Buffer.from(bytes);
    const at = random.below(filled.length);
    return filled.fill(
      random.pick([0, 255, 32]),
      at,
      Math.min(filled.length, at + 1 + random.below(16)),
    );
  },
];

/** A few changes at random places. */
export function mutate(
  bytes: Buffer,
  random: Random,
  other: Buffer,
  tokens: readonly Buffer[],
): Buffer {
  let mutated = bytes;
  const changes = 1 << random.below(5);
  for (let n = 0; n < changes; n++) {
    if (mutated.length === 0) mutated = noise(random);
    if (tokens.length > 0 && random.below(5) === 0) {
      const token = random.pick(tokens);
      mutated = splice(
        mutated,
        random.below(mutated.length),
        random.pick([0, token.length]),
        token,
      );
    } else {
      mutated = random.pick(mutations)(mutated, random, other);
    }
  }
  return mutated;
}

function change(bytes: Buffer, random: Random, to: (old: number) => number): Buffer {
  const changed = Buffer.from(bytes);
  const at = random.below(changed.length);
  changed[at] = to(changed[at] ?? 0);
  return changed;
}

function writeNumber(bytes: Buffer, random: Random): Buffer {
  const value = random.pick([
    random.pick(INTERESTING),
    random.pick(LARGE),
    bytes.length,
    bytes.length - 1,
  ]);
  const number = Buffer.alloc(random.pick([2, 4, 4, 8]));
  const isBig = random.below(2) === 0;
  for (let n = 0; n < number.length; n++) {
    number[isBig ? number.length - 1 - n : n] = Math.floor(value / 256 ** n) & 255;
  }
  return splice(bytes, random.below(bytes.length), number.length, number);
}

function noise(random: Random): Buffer {
  return Buffer.from(Array.from({ length: 1 + random.below(8) }, () => random.below(256)));
}

function range(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length);
  return bytes.subarray(at, at + 1 + random.below(random.pick([4, 32, 256])));
}

function splice(bytes: Buffer, at: number, removed: number, inserted: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
}
