import type { RejectedSource } from '@cullstream/contracts';
import { isErrno } from '@cullstream/files';
import { openOriginals } from '@cullstream/imaging/archive';

/** Adds the content of a rejected source, so that another source under the same name can be told apart. */
export async function withSourceContent(
  source: RejectedSource,
  originalsDir: string,
): Promise<RejectedSource> {
  return { ...source, ...(await readContent(source, originalsDir)) };
}

async function readContent({ source }: RejectedSource, originalsDir: string) {
  try {
    const { kind, size, modifiedMs } = await openOriginals(originalsDir).look(source);
    const modified = `modified ${modifiedMs}`;
    return { content: kind === 'file' ? `size ${size} ${modified}` : modified };
  } catch (error) {
    const isAbsent = isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR');
    return isAbsent ? { content: 'absent' } : {};
  }
}
