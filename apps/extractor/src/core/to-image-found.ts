import { EVENT_VERSION, type ImageFound, type RunId } from '@cullstream/contracts';
import type { Catalogue, CatalogueImage } from '@cullstream/catalog';

/** The event of one image of a catalogue. */
export function toImageFound(
  run: RunId,
  catalogue: Catalogue,
  image: CatalogueImage,
  legacyEmbedding: string | null,
): ImageFound {
  return {
    v: EVENT_VERSION,
    type: 'image.found',
    run,
    project: catalogue.totals,
    sequence: image.sequence,
    image: image.name,
    source: image.source,
    group: image.group,
    legacyEmbedding,
  };
}
