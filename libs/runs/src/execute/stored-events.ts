import {
  EVENT_VERSION,
  type ImageFound,
  type ProjectTotals,
  type RunId,
} from '@cullstream/contracts';
import { readImages } from '@cullstream/store';

/** The events of some images of a run as its database tells them. */
export function* toStoredEvents(
  path: string,
  run: RunId,
  project: ProjectTotals,
  sequences: ReadonlySet<number>,
): Generator<ImageFound> {
  for (const { sequence, image, source, group } of readImages(path, run)) {
    if (!sequences.has(sequence)) continue;
    const carried = { v: EVENT_VERSION, run, project, sequence, image, source, group } as const;
    yield { ...carried, type: 'image.found', legacyEmbedding: null };
  }
}
