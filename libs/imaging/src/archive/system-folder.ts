/**
 * Folders that systems and storage devices make: bins, thumbnails, snapshots, results of disk repairs. In
 * lower case. Names that begin with a dot are hidden anyway and not listed.
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
/** Folders with pieces that a repair of a FAT or exFAT disk found: `FOUND.000`. */
const FOUND_PIECES = /^found\.\d{3}$/;

/** Whether a folder is hidden or belongs to the system, by its name. Nothing in it is an original. */
export function isSystemFolder(name: string): boolean {
  if (name.startsWith('.')) return name !== '.' && name !== '..';
  const lower = name.toLowerCase();
  return SYSTEM_FOLDERS.has(lower) || FOUND_PIECES.test(lower);
}
