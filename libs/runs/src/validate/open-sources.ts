import { listImages, selectProjects } from '@cullstream/catalog';

/** What the originals say of the images that databases name. */
export interface Sources {
  /** Names of the images a project's source holds; undefined where they are not known. */
  readImages(project: string): Promise<ReadonlySet<string> | undefined>;
  /** Projects whose names could not be compared, and why; grows with every question. */
  readonly unchecked: readonly { readonly project: string; readonly message: string }[];
}

/**
 * The sources below originals, of projects that are done or to be skipped too. Reads central
 * directories, one project at a time.
 * @throws {ConfigurationError} for an unreadable inventory or folder
 */
export async function openSources(options: {
  readonly originalsDir: string;
  readonly inventory: string | undefined;
}): Promise<Sources> {
  const { projects, done, excluded } = await selectProjects(options);
  const sources = new Map(
    [...projects, ...done, ...excluded].map(({ name, source }) => [name, source]),
  );
  const unchecked: { project: string; message: string }[] = [];
  return {
    unchecked,
    async readImages(project) {
      const source = sources.get(project);
      if (source === undefined) {
        unchecked.push({ project, message: 'no source of that name is known' });
        return undefined;
      }
      try {
        const { images } = await listImages(options.originalsDir, { name: project, source });
        return new Set(images.map(({ name }) => name));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        unchecked.push({ project, message: `${source} cannot be listed: ${reason}` });
        return undefined;
      }
    },
  };
}
