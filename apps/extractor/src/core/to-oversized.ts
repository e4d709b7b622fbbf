import { toImageFailed, type ImageFailed, type ImageFound } from '@cullstream/contracts';

/** Longer names are cut to this many characters. */
const MAX_NAME_LENGTH = 500;

/**
 * The failure of an image whose event is too large for the broker. It names the group by its id and only
 * its first image. No image of such a group succeeds, so no row is written for it.
 */
export function toOversized(event: ImageFound, maxBytes: number): ImageFailed {
  const { group, image } = event;
  const listed = group?.images.length ?? 1;
  const failed = toImageFailed(event, {
    stage: 'embedder',
    reason: 'event-too-large',
    message:
      `its event, which names the ${listed} images of its group, is larger than the ${maxBytes} bytes ` +
      "the broker takes: shorten the row or the names, or raise the server's max_payload",
  });
  return {
    ...failed,
    image: image.slice(0, MAX_NAME_LENGTH),
    group: group && {
      ...group,
      images: [(group.images[0] ?? image).slice(0, MAX_NAME_LENGTH)],
      directory: group.directory.slice(0, MAX_NAME_LENGTH),
    },
  };
}
