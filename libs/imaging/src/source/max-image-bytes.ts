/** Largest size of an encoded image, after inflating. Larger images fail. */
export const MAX_IMAGE_BYTES = 512 * 1024 * 1024;
