import { PermanentError, type RunId } from '@cullstream/contracts';
import {
  createSourceReader,
  MAX_IMAGE_BYTES,
  refuseLinkOutside,
  toThumbnail,
  type NamedSource,
  type SourceReader,
} from '@cullstream/imaging';
import type { VersionDiff } from '@cullstream/report';
import type { FindPicture } from '@cullstream/report/page';
import { readImages } from '@cullstream/store';
import type { OwnDatabase } from '../list-databases.js';

/** Images of a project whose pictures are needed. */
export interface WantedPictures {
  readonly project: string;
  /** The run whose catalogue has the images. */
  readonly run: RunId;
  readonly images: readonly { readonly groupId: string; readonly position: number }[];
}

export interface LoadPicturesOptions {
  readonly originalsDir: string;
  readonly log: Record<'info' | 'warn', (fields: object, message: string) => void>;
  /** Length of the longer side in pixels. */
  readonly sidePx?: number | undefined;
  /** When it is aborted, loading stops and pictures that are not loaded yet are left out. */
  readonly signal?: AbortSignal;
}

/**
 * Loads small pictures from the originals as data URIs. Images that cannot be read are left out.
 */
export async function loadPictures(
  wanted: readonly WantedPictures[],
  databases: readonly Pick<OwnDatabase, 'project' | 'path'>[],
  { originalsDir, log, sidePx, signal }: LoadPicturesOptions,
): Promise<FindPicture> {
  const reader = createSourceReader({ originalsDir, maxBytes: MAX_IMAGE_BYTES });
  const pictures = new Map<string, string>();
  const load = async () => {
    try {
      for (const { project, run, images } of wanted) {
        const database = databases.find((each) => each.project === project);
        const keys = new Set(
          images.map(({ groupId, position }) => toKey(project, groupId, position)),
        );
        if (database === undefined || keys.size === 0) continue;
        for (const { group, image, source } of readImages(database.path, run)) {
          if (keys.size === 0) break;
          const key = group === null ? '' : toKey(project, group.id, group.position);
          if (!keys.delete(key)) continue;
          const picture = await loadPicture(
            { image, source },
            { originalsDir, reader, log, sidePx },
          );
          if (signal?.aborted === true) return;
          if (picture !== undefined) pictures.set(key, picture);
        }
      }
    } finally {
      await reader.close();
    }
  };
  await withinSignal(load(), signal);
  return ({ project, groupId }, position) => pictures.get(toKey(project, groupId, position));
}

/** Resolves when the work has ended or the signal is aborted. */
async function withinSignal(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return work;
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([work, aborted]);
}

/** The images that either version or the user selected in the groups that are listed one by one. */
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

/** Undefined if the image can no longer be read. The page is made without it. */
async function loadPicture(
  image: NamedSource,
  {
    originalsDir,
    reader,
    log,
    sidePx,
  }: Omit<LoadPicturesOptions, 'signal'> & { readonly reader: SourceReader },
): Promise<string | undefined> {
  try {
    await refuseLinkOutside(originalsDir, image);
    const jpeg = await toThumbnail(await reader.read(image.source), sidePx);
    return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
  } catch (error) {
    const gone = error instanceof PermanentError;
    log[gone ? 'info' : 'warn']({ err: error, source: image.source }, 'no picture of an image');
    return undefined;
  }
}
