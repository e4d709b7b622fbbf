import { readdir } from 'node:fs/promises';
import { readCatalogue, selectProjects } from '@cullstream/catalog';
import type { VerifySettings } from '../settings/database-settings.js';

/** What the sources hold today. */
export interface CurrentCatalogues {
  readonly byProject: ReadonlyMap<string, { readonly digest: string; readonly images: number }>;
  /** Sources of which nothing can be said. */
  readonly gaps: readonly string[];
}

/**
 * Catalogues every source anew, where the originals were given. One that cannot be read is a gap: the
 * others are compared all the same.
 * @throws {ConfigurationError} for an unusable inventory, or names that no source has
 */
export async function readCatalogues(settings: VerifySettings): Promise<CurrentCatalogues> {
  const { originals } = settings;
  const byProject = new Map<string, { digest: string; images: number }>();
  if (originals === undefined) return { byProject, gaps: [] };
  const isThere = await readdir(originals).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    const gap = `the originals cannot be compared: ${originals} cannot be read; is their disk connected?`;
    return { byProject, gaps: [gap] };
  }
  const { projects, rejected } = await selectProjects({ ...settings, originalsDir: originals });
  const gaps = rejected.map(({ source, message }) => `${source}: ${message}`);
  const options = { ...settings, originalsDir: originals, dataDir: settings.data };
  for (const project of projects) {
    try {
      const { totals } = await readCatalogue(project, options);
      byProject.set(project.name, { digest: totals.catalogue, images: totals.images });
    } catch (error) {
      gaps.push(`${project.name}: its source cannot be compared: ${messageOf(error)}`);
    }
  }
  return { byProject, gaps };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
