const IMAGE_NAME = /\.(?:png|jpe?g)$/i;

/**
 * Whether a path in an archive or folder names an image: `.png`, `.jpg` or `.jpeg` in any case, at
 * any depth, but nothing hidden and none of macOS's resource forks (`__MACOSX/`, `._*`).
 */
export function isImageName(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '.' && part !== '..');
  const isHidden = parts.some((part) => part.startsWith('.') || part === '__MACOSX');
  return !isHidden && IMAGE_NAME.test(path);
}
