import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/**
 * Every file below a folder: its path with `/` → SHA-256 of its bytes and its modification time in
 * milliseconds. If two results are equal, nothing was written in between. Empty folders are
 * ignored.
 */
export async function hashTree(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const tree: Record<string, string> = {};
  for (const path of paths) {
    const name = relative(dir, path).replaceAll('\\', '/');
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    tree[name] = `${sha256} ${(await stat(path)).mtimeMs}`;
  }
  return tree;
}
