import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, removeAbandoned } from '@cullstream/files';
import { programFolder, type Logger } from '@cullstream/runtime';

/**
 * Removes the unfinished files that killed processes left in the folders that are written. A file
 * that cannot be removed does no harm.
 */
export async function removeLeftovers(
  { data, cache }: { readonly data: string; readonly cache: string },
  log: Pick<Logger, 'debug' | 'info'>,
): Promise<void> {
  const embeddings = join(data, 'ai_data/embeddings');
  const folders = [
    join(data, programFolder),
    join(data, 'ai_data'),
    join(data, 'ai_data/cache'),
    join(data, 'ai_data/models'),
    embeddings,
    ...(await recipeFoldersIn(embeddings)),
    join(data, 'training/ai_training_decisions'),
    cache,
    join(cache, 'models'),
    join(cache, 'profiles'),
  ];
  for (const folder of folders) {
    try {
      const removed = await removeAbandoned(folder);
      if (removed.length > 0) log.info({ removed }, 'what killed processes left is removed');
    } catch (error) {
      log.debug({ folder, reason: errorMessage(error) }, 'leftovers cannot be looked for');
    }
  }
}

async function recipeFoldersIn(embeddings: string): Promise<string[]> {
  const entries = await readdir(embeddings, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(embeddings, name));
}
