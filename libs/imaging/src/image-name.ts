import { isSystemFolder } from './archive/system-folder.js';

const IMAGE_NAME = /\.(?:png|jpe?g)$/i;
/** Also includes formats that cannot be read here but that programs save images in. */
const SAVED_IMAGE_NAME =
  /\.(?:png|jpe?g|jpe|jfif|webp|avif|hei[cf]|jxl|jp2|tiff?|bmp|gif|psd|psb|xcf|dng)$/i;

/**
 * Whether a path in an archive or folder names an image: `.png`, `.jpg` or `.jpeg` in any case, at
 * any depth, but nothing hidden, nothing in a system's own folders (`__MACOSX/`, `@eaDir/`, bins) and
 * none of macOS's resource forks (`._*`).
 */
export function isImageName(path: string): boolean {
  return isVisible(path, IMAGE_NAME);
}

/** As {@link isImageName}, for an image that a person saved in any format. */
export function isSavedImageName(path: string): boolean {
  return isVisible(path, SAVED_IMAGE_NAME);
}

function isVisible(path: string, pattern: RegExp): boolean {
  if (!pattern.test(path)) return false;
  const folders = path.split('/').filter((part) => part !== '.' && part !== '..');
  const name = folders.pop() ?? '';
  return !name.startsWith('.') && !folders.some(isSystemFolder);
}
