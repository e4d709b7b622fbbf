import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

/** The kinds of files in a data folder, by their paths below it. */
const KINDS = {
  vector: /^ai_data\/embeddings\/(?:[0-9a-f]{16}\.npy|packed\/[0-9a-f]{16}\/.*\.f32)$/,
  'packed copy': /^ai_data\/cache\/vectors-.*\.pack$/,
  index: /^ai_data\/(?:cache\/processed_images|embeddings\/packed\/[0-9a-f]{16}\/.*)\.jsonl$/,
  marker: /^ai_data\/embeddings\/(?:recipe|self-check)\.json$/,
  log: /^ai_data\/batch_predictions_log\.jsonl$/,
  summary: /^ai_data\/batch_predictions_summary_.*\.json$/,
  database: /^training\/ai_training_decisions\/.*\.db$/,
  'messages of the broker': /^\.cullstream\/broker\/jetstream\/.*\.blk$/,
  'broker’s store': /^\.cullstream\/broker\/jetstream\/.*\.(?:inf|sum|dat|idx|fss)$/,
  'known projects': /^\.cullstream\/(?:projects\.json|folder-id)$/,
} as const;
export type Kind = keyof typeof KINDS;

export interface Damage {
  readonly kind: Kind;
  readonly how: 'flip a bit' | 'cut the end' | 'zeros';
  /** Which of the files of the kind, and where in it: 0 to 1. */
  readonly file: number;
  readonly place: number;
  readonly bit: number;
  readonly bytes: number;
}

const share = fc.integer({ min: 0, max: 9_999 }).map((part) => part / 10_000);
const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom(...(Object.keys(KINDS) as Kind[])),
  how: fc.constantFrom('flip a bit', 'flip a bit', 'cut the end', 'zeros'),
  file: share,
  place: share,
  bit: fc.integer({ min: 0, max: 7 }),
  bytes: fc.integer({ min: 1, max: 4_096 }),
});

/** What happens to the files of a folder. The same seed gives the same damage. */
export function makeDamages(seed: number): readonly Damage[] {
  const damages = fc.noBias(fc.array(damage, { minLength: 1, maxLength: 4, size: 'max' }));
  const [made = []] = fc.sample(damages, { seed, numRuns: 1 });
  return made;
}

/** @returns the file, below the folder; undefined where there is none of the kind */
export function inflict(folder: string, damage: Damage): string | undefined {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => KINDS[damage.kind].test(name))
    .filter((name) => statSync(join(folder, name)).size > 0)
    .sort();
  const name = names[Math.floor(damage.file * names.length)];
  if (name === undefined) return undefined;
  const path = join(folder, name);
  const bytes = readFileSync(path);
  const at = Math.floor(damage.place * bytes.length);
  writeFileSync(path, toDamaged(bytes, at, damage));
  return `${name} at ${at}`;
}

function toDamaged(bytes: Buffer, at: number, { how, bit, bytes: count }: Damage): Uint8Array {
  if (how === 'cut the end') return bytes.subarray(0, at);
  if (how === 'zeros') bytes.fill(0, at, Math.min(at + count, bytes.length));
  else bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  return bytes;
}
