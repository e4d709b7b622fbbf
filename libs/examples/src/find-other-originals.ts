import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toExampleCatalogue } from './example-catalogue.js';
import { MODIFIED, PART, toCompanion } from './example-originals.js';

/** Some drives have even seconds only. */
const TIME_STEP_MS = 2_000;

/**
 * What example originals must not be written over or beside in a folder: a file in the place of one of
 * them that is not theirs, or anything where there are none of them.
 * @returns the path of one such file; undefined if the folder is empty, missing, or theirs
 */
export async function findOtherOriginals(dir: string, seed: number): Promise<string | undefined> {
  const entries = existsSync(dir) ? await readdir(dir) : [];
  const [first] = entries.filter((name) => !name.startsWith('.') && !name.endsWith(PART));
  if (first === undefined) return undefined;
  let own = 0;
  for (const { source, images } of toExampleCatalogue(seed, 1)) {
    const names = images.flatMap(({ name }) => [name, toCompanion(name)]);
    const files = source.endsWith('.zip') ? [source] : names.map((name) => join(source, name));
    for (const path of files.map((file) => join(dir, file))) {
      const facts = await stat(path).catch(() => undefined);
      if (facts === undefined) continue;
      if (Math.abs(facts.mtimeMs - MODIFIED.getTime()) >= TIME_STEP_MS) return path;
      own += 1;
    }
  }
  return own > 0 ? undefined : join(dir, first);
}
