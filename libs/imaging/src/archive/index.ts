/** Listing only, without the decoders: programs that only list archives need not load them. */
export { isImageName, isSavedImageName } from '../image-name.js';
export { type ArchiveEntry } from './archive-entry.js';
export { ArchiveError } from './archive-error.js';
export { listArchive } from './list-archive.js';
export { type FolderFile, type FolderListing } from './list-folder.js';
export { openOriginals } from '../originals/open-originals.js';
export {
  isThere,
  requireOriginals,
  type Originals,
  type OriginalsEntry,
} from '../originals/originals.js';
export { readableName } from './path-text.js';
export { describeReadFault } from '../source/describe-read-fault.js';
export { SourceGuard, type OutageLog, type Verdict } from '../source/source-guard.js';
export { isSystemFolder } from './system-folder.js';
