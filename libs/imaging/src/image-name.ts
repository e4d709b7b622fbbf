import { isSystemFolder } from './archive/system-folder.js';

const IMAGE_NAME = /\.(?:png|jpe?g)$/i;

/**
 * Whether a path in an archive or folder names an image: `.png`, `.jpg` or `.jpeg` in any case, at
 * any depth, but nothing hidden, nothing in a system's own folders (`__MACOSX/`, `@eaDir/`, bins) and
 * none of macOS's resource forks (`._*`).
 */
export function isImageName(path: string): boolean {
  if (!IMAGE_NAME.test(path)) return false;
  const folders = path.split('/').filter((part) => part !== '.' && part !== '..');
  const name = folders.pop() ?? '';
  return !name.startsWith('.') && !folders.some(isSystemFolder);
}
