import type {
  PlannedProject,
  RejectedSource,
  RunRecord,
  SkippedProject,
} from '@cullstream/contracts';
import type { Catalogue, CatalogueImage } from './catalogue-project.js';
import type { ProjectSource } from './find-projects.js';
import { matchLegacy, type FindLegacyEmbedding } from './match-legacy.js';
import { readCatalogue, type CatalogueOptions } from './read-catalogue.js';
import type { Selection } from './select-projects.js';

export interface PlanOptions extends CatalogueOptions {
  /** What an earlier run completed of this very catalogue with these very models. */
  readonly completed: (catalogue: Catalogue) => SkippedProject | undefined;
  /** Whether the cache knows an image by its alias. */
  readonly isCached: (project: string, image: CatalogueImage) => boolean;
  readonly findLegacy: FindLegacyEmbedding;
  readonly onProject?: (done: number, of: number) => void;
}

/** What a run would do. */
export interface Plan {
  /** Smallest first. */
  readonly projects: readonly PlannedProject[];
  readonly skipped: readonly SkippedProject[];
  readonly rejected: readonly RejectedSource[];
  readonly excluded: readonly RejectedSource[];
  readonly legacySamples: RunRecord['legacySamples'];
  /** Images with a vector of the older tool that the cache does not hold yet, by project. */
  readonly legacyMatches: ReadonlyMap<string, number>;
}

const LEGACY_SAMPLES = 3;

/**
 * Lists and groups every selected project and finds out what is left to do. One project is in memory
 * at a time. A source that cannot be read becomes a rejected one: the others go on.
 */
export async function planProjects(selection: Selection, options: PlanOptions): Promise<Plan> {
  const projects: PlannedProject[] = [];
  const skipped: SkippedProject[] = [];
  const rejected: RejectedSource[] = [...selection.rejected];
  const legacySamples: RunRecord['legacySamples'] = [];
  const legacyMatches = new Map<string, number>();
  for (const [index, project] of selection.projects.entries()) {
    options.onProject?.(index, selection.projects.length);
    const catalogue = await tryReadCatalogue(project, options);
    if ('message' in catalogue) {
      rejected.push({ ...project, message: catalogue.message });
      continue;
    }
    const done =
      catalogue.images.length === 0 ? emptyProject(catalogue) : tryCompleted(catalogue, options);
    if (done !== undefined) {
      if ('message' in done) rejected.push({ ...project, ...done });
      else skipped.push(done);
      continue;
    }
    const { cached, legacy } = countKnown(project, catalogue, options);
    legacySamples.push(...legacy.slice(0, LEGACY_SAMPLES - legacySamples.length));
    legacyMatches.set(project.name, legacy.length);
    projects.push({ project: catalogue.totals, cached, warnings: [...catalogue.warnings] });
  }
  projects.sort(
    (a, b) => a.project.images - b.project.images || (a.project.name < b.project.name ? -1 : 1),
  );
  return {
    projects,
    skipped,
    rejected,
    excluded: selection.excluded,
    legacySamples,
    legacyMatches,
  };
}

/** Without an image there is nothing to do, and no database to say that it was done. */
function emptyProject({ totals }: Catalogue): SkippedProject {
  const counts = {
    embedded: 0,
    cached: 0,
    failed: 0,
    decidedGroups: 0,
    failedGroups: 0,
    invertedCrops: 0,
  };
  return { project: totals, counts, database: null, failures: [] };
}

async function tryReadCatalogue(
  project: ProjectSource,
  options: CatalogueOptions,
): Promise<Catalogue | { message: string }> {
  try {
    return await readCatalogue(project, options);
  } catch (error) {
    return toMessage(error);
  }
}

/** Its own database may be damaged, too. */
function tryCompleted(
  catalogue: Catalogue,
  { completed }: PlanOptions,
): SkippedProject | { message: string } | undefined {
  try {
    return completed(catalogue);
  } catch (error) {
    return toMessage(error);
  }
}

function toMessage(error: unknown): { message: string } {
  return { message: error instanceof Error ? error.message : String(error) };
}

function countKnown(project: ProjectSource, catalogue: Catalogue, options: PlanOptions) {
  const matches = matchLegacy(catalogue, options.findLegacy);
  const legacy: RunRecord['legacySamples'] = [];
  let cached = 0;
  for (const image of catalogue.images) {
    if (options.isCached(project.name, image)) {
      cached += 1;
      continue;
    }
    const legacyEmbedding = matches.get(image.sequence);
    if (legacyEmbedding !== undefined) legacy.push({ source: image.source, legacyEmbedding });
  }
  return { cached, legacy };
}
