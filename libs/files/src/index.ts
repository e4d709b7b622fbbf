export { createFileOnce, nameFileOnce } from './create-file-once.js';
export { exitNow, exitSoon } from './exit-now.js';
export { startWatchdog } from './start-watchdog.js';
export { toErrno, isErrno } from './errno.js';
export { errorMessage } from './error-message.js';
export { unguardedFolder, type GuardedFolder } from './guarded-folder.js';
export { hasNoFreeInodes } from './has-no-free-inodes.js';
export { isProcessAlive, ownIdentity, type ProcessIdentity } from './is-process-alive.js';
export { isLockHeld, lockFile, tryLockFile, withFileLock, type FileLock } from './lock-file.js';
export { makeFolder } from './make-folder.js';
export {
  NotRegularFileError,
  openForAppendingSync,
  openRegularFile,
  openRegularFileSync,
  readRegularFile,
  refuseOtherThanFile,
} from './open-regular-file.js';
export { readFileIfThere, readFileIfThereSync } from './read-file-if-there.js';
export { syncFolder } from './sync-folder.js';
export { FileLockError } from './system-lock.js';
export { makeTemporaryFolder, removeAbandoned, temporaryPathFor } from './temporary-names.js';
export { ANSWER_WITHIN_MS, HungCallError, isHungCall, withinTime } from './within-time.js';
export {
  isReplaceable,
  replaceFile,
  writeFileAtomic,
  writeFileAtomicSync,
  type WriteOptions,
} from './write-file-atomic.js';
