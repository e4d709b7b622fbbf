import type { FileHandle } from 'node:fs/promises';

/**
 * Fills `target` from `position` on.
 * @returns the bytes read: fewer than wanted only at the end of the file
 */
export async function readFully(
  handle: FileHandle,
  target: Buffer,
  position: number,
): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const { bytesRead } = await handle.read(
      target,
      filled,
      target.length - filled,
      position + filled,
    );
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}
