import type { ImageSource, RunId } from '@cullstream/contracts';
import { withPrivateCopy } from '../private-copy.js';

/** The place of an image, and what identifies its bytes. */
export interface CataloguedSource {
  readonly image: string;
  readonly source: ImageSource;
}

/**
 * The places of the images of a run, by sequence. Leaves no trace.
 * @throws {DatabaseError} when the file is damaged, no database or not readable.
 */
export function readImageSources(path: string, run: RunId): ReadonlyMap<number, CataloguedSource> {
  return withPrivateCopy(path, (sqlite) => {
    const rows = sqlite
      .prepare<[string], { sequence: number; image: string; source: string }>(
        `SELECT image.sequence, image.image, image.source FROM runs run
         CROSS JOIN images image ON image.catalogue = run.catalogue WHERE run.run = ?`,
      )
      .all(run);
    return new Map(
      rows.map(({ sequence, image, source }) => [
        sequence,
        { image, source: JSON.parse(source) as ImageSource },
      ]),
    );
  });
}
