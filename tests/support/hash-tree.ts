import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a folder with the SHA-256 of its bytes and its modification time. */
export function hashTree(folder: string, skip: (path: string) => boolean = () => false) {
  const tree: Record<string, { sha256: string; modifiedMs: number }> = {};
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of names.sort()) {
    const path = join(folder, name);
    const facts = statSync(path);
    if (!facts.isFile() || skip(name)) continue;
    tree[name] = {
      sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
      modifiedMs: facts.mtimeMs,
    };
  }
  return tree;
}
