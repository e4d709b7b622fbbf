import {
  ConfigurationError,
  counted,
  type PlannedProject,
  type RejectedSource,
  type RunRecord,
  type SkippedProject,
} from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';
import { openOriginals } from '@cullstream/imaging/archive';
import { withSourceContent } from './with-source-content.js';
import type { Catalogue, CatalogueImage } from './catalogue-project.js';
import { checkDone, type DoneProject } from './check-done.js';
import type { ProjectSource } from './find-projects.js';
import { toKey } from './known-project.js';
import { matchLegacy, type FindLegacyEmbedding } from './match-legacy.js';
import { readCatalogue, type CatalogueOptions } from './read-catalogue.js';
import type { Selection } from './select-projects.js';

export interface PlanOptions extends CatalogueOptions {
  /** The result of an earlier run that completed the same catalogue with the same models. */
  readonly completed: (catalogue: Catalogue) => Promise<SkippedProject | undefined>;
  /** Whether the cache knows an image by its alias. */
  readonly isCached: (project: string, image: CatalogueImage) => boolean;
  readonly findLegacy: FindLegacyEmbedding;
  readonly onProject?: (done: number, of: number) => void;
}

/** The plan of a run. */
export interface Plan {
  /** Smallest first. */
  readonly projects: readonly PlannedProject[];
  readonly skipped: readonly SkippedProject[];
  /** Sources that cannot be processed, including the missing ones. */
  readonly rejected: readonly RejectedSource[];
  /** Names of projects that are gone. */
  readonly missing: ReadonlySet<string>;
  /** Projects that the inventory calls done, and that are. */
  readonly done: readonly DoneProject[];
  readonly excluded: readonly RejectedSource[];
  readonly legacySamples: RunRecord['legacySamples'];
  /** Images with a vector of the older tool that the cache does not hold yet, by project. */
  readonly legacyMatches: ReadonlyMap<string, number>;
}

const LEGACY_SAMPLES = 3;

/**
 * Lists and groups every selected project and finds out what is left to do. Two projects are in memory at
 * a time. A source that cannot be read, or whose database cannot, is rejected; the others continue.
 * @throws {ConfigurationError} if none of the sources holds an image
 */
export async function planProjects(selection: Selection, options: PlanOptions): Promise<Plan> {
  const projects: PlannedProject[] = [];
  const skipped: SkippedProject[] = [];
  const missing: RejectedSource[] = [...selection.missing];
  const checked = selection.done.map((project) => checkDone(options.dataDir, project));
  const rejected: RejectedSource[] = [
    ...selection.rejected,
    ...checked.filter(({ isDone }) => !isDone).map(toRejected),
  ];
  const imagesBefore = new Map(selection.known.map(({ name, images }) => [toKey(name), images]));
  const legacySamples: RunRecord['legacySamples'] = [];
  const legacyMatches = new Map<string, number>();
  const readings = readAhead(selection.projects, (project) => tryRead(project, options));
  let index = 0;
  for await (const [project, read] of readings) {
    options.onProject?.(index++, selection.projects.length);
    if ('message' in read) {
      rejected.push({ ...project, message: read.message });
      continue;
    }
    const { catalogue, done } = read;
    const before = imagesBefore.get(toKey(project.name)) ?? 0;
    if (catalogue.images.length === 0 && before > 0) {
      missing.push({ ...project, message: emptied(project, before) });
      continue;
    }
    const warnings = warnOfCount(project, catalogue, selection.counted);
    if (done !== undefined) {
      skipped.push({ ...done, warnings });
      continue;
    }
    const { cached, legacy } = countKnown(project, catalogue, options);
    legacySamples.push(...legacy.slice(0, LEGACY_SAMPLES - legacySamples.length));
    legacyMatches.set(project.name, legacy.length);
    warnings.push(...catalogue.warnings);
    projects.push({ project: catalogue.totals, cached, warnings });
  }
  rejected.push(...missing);
  const isNothing = projects.length + rejected.length + checked.length === 0;
  if (isNothing && selection.excluded.length === 0 && skipped.every(isEmpty)) {
    throw new ConfigurationError([
      `‹originals›: none of ${counted(skipped.length, 'project')} in ${options.originalsDir} holds an image; ` +
        openOriginals(options.originalsDir).remedy,
    ]);
  }
  projects.sort(
    (a, b) => a.project.images - b.project.images || (a.project.name < b.project.name ? -1 : 1),
  );
  return {
    projects,
    skipped,
    rejected: await Promise.all(
      rejected.map((source) => withSourceContent(source, options.originalsDir)),
    ),
    missing: new Set(missing.map(({ name }) => name)),
    done: checked.filter(({ isDone }) => isDone),
    excluded: selection.excluded,
    legacySamples,
    legacyMatches,
  };
}

/** A project without images is skipped: there is nothing to do, and it gets no database. */
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

/** A different count may mean that an archive was cut off or a folder was not copied completely. */
function warnOfCount(
  { name, source }: ProjectSource,
  { images: { length: found } }: Catalogue,
  inInventory: Selection['counted'],
): string[] {
  const said = inInventory.get(name);
  if (said === undefined || said === found) return [];
  return [
    `the inventory says ${counted(said, 'image')}, ${source} holds ${found}: see whether it is complete, ` +
      'or correct the number in the inventory',
  ];
}

function isEmpty({ project }: SkippedProject): boolean {
  return project.images === 0;
}

function emptied({ name, source }: ProjectSource, images: number): string {
  return (
    `${source} held ${counted(images, 'image')} in earlier runs and holds none now; is its disk connected? ` +
    `If they are gone for good, say \`cullstream forget "${name}"\`: what was made of them stays`
  );
}

function toRejected({ name, source, message }: DoneProject): RejectedSource {
  return { name, source, message };
}

interface Read {
  readonly catalogue: Catalogue;
  readonly done: SkippedProject | undefined;
}

/** Reads the next item while the present one is processed. */
async function* readAhead<T, R>(
  all: readonly T[],
  read: (each: T) => Promise<R>,
): AsyncGenerator<readonly [T, R], void, undefined> {
  const [first] = all;
  let reading = first === undefined ? undefined : read(first);
  for (const [index, each] of all.entries()) {
    const result = await (reading ?? read(each));
    const next = all[index + 1];
    reading = next === undefined ? undefined : read(next);
    yield [each, result];
  }
}

async function tryRead(
  project: ProjectSource,
  options: PlanOptions,
): Promise<Read | { message: string }> {
  try {
    const catalogue = await readCatalogue(project, options);
    const done =
      catalogue.images.length === 0 ? emptyProject(catalogue) : await options.completed(catalogue);
    return { catalogue, done };
  } catch (error) {
    return { message: errorMessage(error) };
  }
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
