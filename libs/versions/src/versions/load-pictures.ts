import { PermanentError, type ImageSource, type RunId } from '@cullstream/contracts';
import {
  createSourceReader,
  MAX_IMAGE_BYTES,
  toThumbnail,
  type SourceReader,
} from '@cullstream/imaging';
import type { PictureOf, VersionDiff } from '@cullstream/report';
import type { Logger } from '@cullstream/runtime';
import { readImages } from '@cullstream/store';
import type { ProjectVersions } from './find-versions.js';

/** Images of a project of which pictures are wanted. */
export interface WantedPictures {
  readonly project: string;
  /** In whose catalogue the images are. */
  readonly run: RunId;
  readonly images: readonly { readonly groupId: string; readonly position: number }[];
}

/** Small pictures as data URIs, read from the originals. An image that cannot be read has none. */
export async function loadPictures(
  wanted: readonly WantedPictures[],
  projects: readonly ProjectVersions[],
  { originalsDir, log }: { readonly originalsDir: string; readonly log: Logger },
): Promise<PictureOf> {
  const reader = createSourceReader({ originalsDir, maxBytes: MAX_IMAGE_BYTES });
  const pictures = new Map<string, string>();
  try {
    for (const { project, run, images } of wanted) {
      const database = projects.find((each) => each.database.project === project)?.database;
      const keys = new Set(
        images.map(({ groupId, position }) => toKey(project, groupId, position)),
      );
      if (database === undefined || keys.size === 0) continue;
      for (const { group, source } of readImages(database.path, run)) {
        const key = group === null ? '' : toKey(project, group.id, group.position);
        if (!keys.has(key)) continue;
        const picture = await loadPicture(source, reader, log);
        if (picture !== undefined) pictures.set(key, picture);
      }
    }
  } finally {
    await reader.close();
  }
  return ({ project, groupId }, position) => pictures.get(toKey(project, groupId, position));
}

/** The images that either version or the user selected, of the groups that are listed one by one. */
export function toWantedPictures({ projects, groups }: VersionDiff): WantedPictures[] {
  return projects.map(({ project, runs }) => ({
    project,
    run: runs.b,
    images: groups
      .filter((group) => group.project === project)
      .flatMap(({ groupId, a, b, user }) =>
        [a, b, user].flatMap((choice) =>
          choice === null ? [] : [{ groupId, position: choice.selectedIndex }],
        ),
      ),
  }));
}

function toKey(project: string, groupId: string, position: number): string {
  return `${project}\n${position}\n${groupId}`;
}

/** Undefined where the image cannot be read any more: the page does without. */
async function loadPicture(
  source: ImageSource,
  reader: SourceReader,
  log: Logger,
): Promise<string | undefined> {
  try {
    const jpeg = await toThumbnail(await reader.read(source));
    return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
  } catch (error) {
    const gone = error instanceof PermanentError;
    log[gone ? 'info' : 'warn']({ err: error, source }, 'no picture of an image');
    return undefined;
  }
}
