import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

/** A folder for parsers that read files. It is removed when the process or thread ends. */
export function scratchFolder(): string {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-fuzz-'));
    process.once('exit', removeScratchFolder);
  }
  return folder;
}

export function removeScratchFolder(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
}
