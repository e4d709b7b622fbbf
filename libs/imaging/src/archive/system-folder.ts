/**
 * Folders that systems and storage devices put beside people's own: bins, thumbnails, snapshots, what
 * a repair of the disk found. In lower case. Names with a dot in front are hidden and need no place here.
 */
const SYSTEM_FOLDERS = new Set([
  // macOS: resource forks in archives, shared volumes
  '__macosx',
  'network trash folder',
  'temporary items',
  'thevolumesettingsfolder',
  // Windows
  '$recycle.bin',
  '$sysreset',
  '$winreagent',
  'config.msi',
  'msdownld.tmp',
  'recycled',
  'recycler',
  'system volume information',
  // Linux, Android
  'lost+found',
  'lost.dir',
  // Synology
  '#recycle',
  '#snapshot',
  '@eadir',
  '@sharesnap',
  '@tmp',
  // QNAP
  '@recently-snapshot',
  '@recycle',
  '@transcode',
  // NetApp
  '~snapshot',
]);
/** Pieces that a repair of a FAT or exFAT disk found: `FOUND.000`. */
const FOUND_PIECES = /^found\.\d{3}$/;

/** Whether a folder, by its name alone, is hidden or a system's own: nothing in it is an original. */
export function isSystemFolder(name: string): boolean {
  if (name.startsWith('.')) return name !== '.' && name !== '..';
  const lower = name.toLowerCase();
  return SYSTEM_FOLDERS.has(lower) || FOUND_PIECES.test(lower);
}
