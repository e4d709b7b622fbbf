import {
  ConfigurationError,
  describeEmbedding,
  toWords,
  writeSettings,
  type RunId,
} from '@cullstream/contracts';
import type {
  GalleryProject,
  GalleryVersion,
  GroupPage,
  GroupQuery,
  PictureSize,
} from '@cullstream/contracts/web';
import {
  DatabaseError,
  fingerprintDatabase,
  readImageSources,
  readVersions,
  withOneCopy,
  type CataloguedSource,
  type StoredVersion,
} from '@cullstream/store';
import { listLostDatabases, listOwnDatabases, type OwnDatabase } from '@cullstream/versions';
import { LRUCache } from 'lru-cache';
import type { Picture, Pictures } from './pictures.js';
import { readProjectView, toGalleryGroup, toShownRun, type ProjectView } from './project-view.js';
import { selectGroups } from './select-groups.js';

export interface GalleryOptions {
  readonly dataDir: string;
  /** Undefined if the originals cannot be reached. */
  readonly pictures: Pictures | undefined;
}

/** The contents of a data folder, for viewing. Only reads. */
export interface Gallery {
  readonly hasPictures: boolean;
  /** Every project with a database, also with one that can no longer be read, sorted by name. */
  listProjects(): Promise<GalleryProject[]>;
  /**
   * The groups of a project that match a query.
   * @throws {ConfigurationError} for an unknown project or version
   * @throws {DatabaseError} when its database cannot be read
   */
  readGroups(project: string, query: GroupQuery): Promise<GroupPage>;
  /**
   * The picture of an image, or undefined if the image does not exist.
   * @throws the errors of {@link Pictures.read}
   */
  readPicture(image: WantedPicture, signal: AbortSignal): Promise<Picture | undefined>;
  close(): Promise<void>;
}

export interface WantedPicture {
  readonly project: string;
  readonly run: RunId;
  /** Position of the image in the catalogue of the run. */
  readonly sequence: number;
  readonly size: PictureSize;
}

/** Number of projects whose groups are kept in memory. 40,000 images take about 15 MB. */
const PROJECTS_KEPT = 2;
/**
 * The least time between two reads of a changing database, as a multiple of how long a read takes.
 */
const TIMES_READING = 20;

interface Kept<T> {
  readonly value: T;
  readonly fingerprint: string;
  /** Time from which the database is checked for changes. */
  readonly staleMs: number;
}

export function createGallery({ dataDir, pictures }: GalleryOptions): Gallery {
  const versions = new LRUCache<string, Kept<readonly StoredVersion[]>>({ max: 1_000 });
  const views = new LRUCache<string, Kept<ProjectView>>({ max: PROJECTS_KEPT });
  const sources = new LRUCache<string, Kept<ReadonlyMap<number, CataloguedSource>>>({
    max: PROJECTS_KEPT,
  });

  const readKeptVersions = ({ path, project }: OwnDatabase) =>
    readKept(versions, path, path, () => readVersions(path, project));

  const find = async (project: string): Promise<OwnDatabase> => {
    const isWanted = (each: OwnDatabase) => each.project === project;
    const found = (await listOwnDatabases(dataDir)).find(isWanted);
    if (found !== undefined) return found;
    const lost = (await listLostDatabases(dataDir)).find(isWanted);
    throw lost === undefined ? new UnknownProjectError(project) : toLostError(lost);
  };

  return {
    hasPictures: pictures !== undefined,
    async listProjects() {
      const own = (await listOwnDatabases(dataDir)).map((database) =>
        toProject(database, readKeptVersions),
      );
      const lost = (await listLostDatabases(dataDir)).map((database) =>
        toUnreadable(database, toLostError(database)),
      );
      return [...own, ...lost].sort((a, b) =>
        a.project.localeCompare(b.project, 'en', { numeric: true }),
      );
    },
    async readGroups(project, query) {
      const database = await find(project);
      const { path } = database;
      const { version, compare, offset, limit } = query;
      const key = JSON.stringify([path, version, compare]);
      const view = readKept(views, key, path, () =>
        withOneCopy(path, () =>
          readProjectView({ dataDir, project, path }, readKeptVersions(database), {
            version,
            compare,
          }),
        ),
      );
      const { groups, counts, stages } = selectGroups(view.groups, query);
      return {
        project,
        version: view.version,
        run: view.run,
        compare: view.compare,
        total: groups.length,
        all: view.groups.length,
        offset,
        stages: [...stages],
        counts,
        groups: groups.slice(offset, offset + limit).map(toGalleryGroup),
      };
    },
    async readPicture({ project, run, sequence, size }, signal) {
      if (pictures === undefined) return undefined;
      const { path } = await find(project);
      const all = readKept(sources, JSON.stringify([path, run]), path, () =>
        readImageSources(path, run),
      );
      const found = all.get(sequence);
      return found === undefined ? undefined : pictures.read(found, size, signal);
    },
    async close() {
      await pictures?.close();
    },
  };
}

/** A requested project has no database. */
export class UnknownProjectError extends ConfigurationError {
  constructor(project: string) {
    super([`there is no database of project "${project}"`]);
  }
}

/** Of a file that was a database of ours when it was written last. */
function toLostError({ path }: OwnDatabase): DatabaseError {
  const what = `${path} is damaged: it is no SQLite database any more, or cannot be read`;
  const wayOut = '`cullstream verify` with ‹repair› keeps it under another name and makes it anew';
  return new DatabaseError('damaged', path, `${what}; ${wayOut}`);
}

/**
 * Returns the value that was read before, unless the database has changed and some time has passed.
 */
function readKept<T>(
  cache: LRUCache<string, Kept<T>>,
  key: string,
  path: string,
  read: () => T,
): T {
  const kept = cache.get(key);
  const startedMs = performance.now();
  if (kept !== undefined && startedMs < kept.staleMs) return kept.value;
  const fingerprint = fingerprintDatabase(path);
  if (kept?.fingerprint === fingerprint) return kept.value;
  const value = read();
  const endedMs = performance.now();
  const staleMs = endedMs + (endedMs - startedMs) * TIMES_READING;
  cache.set(key, { value, fingerprint, staleMs });
  return value;
}

function toProject(
  database: OwnDatabase,
  readKeptVersions: (database: OwnDatabase) => readonly StoredVersion[],
): GalleryProject {
  const { project } = database;
  try {
    return { project, versions: readKeptVersions(database).flatMap(toGalleryVersion) };
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return toUnreadable(database, error);
  }
}

function toUnreadable({ project }: OwnDatabase, error: DatabaseError): GalleryProject {
  return { project, versions: [], problem: writeSettings(error.message, toWords) };
}

/** A version without a run has no groups to show. */
function toGalleryVersion(stored: StoredVersion): GalleryVersion[] {
  const { version, recipe, runs, currentRows } = stored;
  const shown = runs.find(({ run }) => run === toShownRun(stored));
  if (shown === undefined) return [];
  const { run, completedAt, project, counts } = shown;
  return [
    {
      version,
      description: [describeEmbedding(recipe.embedding), recipe.ranker.file, recipe.crop.file].join(
        ', ',
      ),
      run,
      completedAt,
      images: project.images,
      groups: project.groups,
      decidedGroups: counts.decidedGroups,
      failedImages: counts.failed,
      isCurrent: currentRows > 0,
    },
  ];
}
