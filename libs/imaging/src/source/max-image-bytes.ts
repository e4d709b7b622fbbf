/** Bytes of one encoded image, inflated: beyond it the image fails alone. */
export const MAX_IMAGE_BYTES = 512 * 1024 * 1024;
