import { toBaseName } from '@cullstream/domain';
import type { Catalogue } from './catalogue-project.js';
import type { ProjectSource } from './find-projects.js';

/** Finds a vector of the older tool by a project's names and an image's base name. */
export type FindLegacyEmbedding = (
  projectNames: readonly string[],
  fileName: string,
) => string | undefined;

/**
 * Vectors of the older tool for a catalogue, by sequence. That tool stored only project folder and file
 * name, so images of a project that share a base name have none.
 */
export function matchLegacy(
  catalogue: Catalogue,
  find: FindLegacyEmbedding,
): ReadonlyMap<number, string> {
  const uses = new Map<string, number>();
  for (const { name } of catalogue.images) {
    const baseName = toBaseName(name);
    uses.set(baseName, (uses.get(baseName) ?? 0) + 1);
  }
  const names = toNames(catalogue.totals);
  const matches = new Map<number, string>();
  for (const { sequence, name } of catalogue.images) {
    const baseName = toBaseName(name);
    const embedding = uses.get(baseName) === 1 ? find(names, baseName) : undefined;
    if (embedding !== undefined) matches.set(sequence, embedding);
  }
  return matches;
}

function toNames({ name, source }: ProjectSource): string[] {
  return [...new Set([name, toBaseName(source).replace(/\.zip$/i, '')])];
}
