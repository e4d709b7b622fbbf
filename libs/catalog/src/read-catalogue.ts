import { locateDatabase, readExistingGroups } from '@cullstream/store';
import type { GroupingOptions } from '@cullstream/domain';
import { catalogueProject, type Catalogue } from './catalogue-project.js';
import type { ProjectSource } from './find-projects.js';
import { listImages } from './list-images.js';

export interface CatalogueOptions extends GroupingOptions {
  readonly originalsDir: string;
  readonly dataDir: string;
  /** Time limit of each system call on the originals. */
  readonly answerWithinMs?: number | undefined;
}

/**
 * Lists and groups one project. Reads central directories and the user's database, no image.
 * @throws if the source or the database cannot be read: the project is given up, others continue
 */
export async function readCatalogue(
  project: ProjectSource,
  options: CatalogueOptions,
): Promise<Catalogue> {
  const { images, warnings } = await listImages(
    options.originalsDir,
    project,
    options.answerWithinMs,
  );
  const { main } = locateDatabase(options.dataDir, project.name);
  const existing =
    main.owner === 'user' ? readExistingGroups(main.path) : { groups: [], warnings: [] };
  const catalogue = catalogueProject(project, images, existing.groups, options);
  return { ...catalogue, warnings: [...warnings, ...existing.warnings, ...catalogue.warnings] };
}
