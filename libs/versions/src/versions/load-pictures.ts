import { PermanentError, type ImageSource } from '@cullstream/contracts';
import {
  createSourceReader,
  MAX_IMAGE_BYTES,
  toThumbnail,
  type SourceReader,
} from '@cullstream/imaging';
import type { GroupDifference, PictureOf, VersionDiff } from '@cullstream/report';
import type { Logger } from '@cullstream/runtime';
import { readImages } from '@cullstream/store';
import type { ProjectVersions } from './find-versions.js';

/** Small pictures of the images that either version or the user selected, read from the originals. */
export async function loadPictures(
  diff: VersionDiff,
  projects: readonly ProjectVersions[],
  { originalsDir, log }: { readonly originalsDir: string; readonly log: Logger },
): Promise<PictureOf> {
  const reader = createSourceReader({ originalsDir, maxBytes: MAX_IMAGE_BYTES });
  const pictures = new Map<string, string>();
  try {
    for (const { project, runs } of diff.projects) {
      const database = projects.find((each) => each.database.project === project)?.database;
      const wanted = wantedImages(diff.groups.filter((group) => group.project === project));
      if (database === undefined || wanted.size === 0) continue;
      for (const { group, source } of readImages(database.path, runs.b)) {
        const key = group === null ? '' : toKey(project, group.id, group.position);
        if (!wanted.has(key)) continue;
        const picture = await loadPicture(source, reader, log);
        if (picture !== undefined) pictures.set(key, picture);
      }
    }
  } finally {
    await reader.close();
  }
  return ({ project, groupId }, position) => pictures.get(toKey(project, groupId, position));
}

function wantedImages(groups: readonly GroupDifference[]): Set<string> {
  return new Set(
    groups.flatMap(({ project, groupId, a, b, user }) =>
      [a, b, user].flatMap((choice) =>
        choice === null ? [] : [toKey(project, groupId, choice.selectedIndex)],
      ),
    ),
  );
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
