import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { RejectedSource } from '@cullstream/contracts';
import { toDiskPath } from '@cullstream/imaging/archive';

/** Adds the content of a rejected source, so that another source under the same name can be told apart. */
export function withSourceContent(source: RejectedSource, originalsDir: string): RejectedSource {
  return { ...source, ...readContent(source, originalsDir) };
}

function readContent({ source }: RejectedSource, originalsDir: string) {
  try {
    const path = toDiskPath(join(originalsDir, source));
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return { content: 'absent' };
    const { size, mtimeMs } = stats;
    return { content: stats.isFile() ? `size ${size} modified ${mtimeMs}` : `modified ${mtimeMs}` };
  } catch {
    return {};
  }
}
