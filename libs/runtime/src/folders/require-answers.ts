import { statfs } from 'node:fs/promises';
import { isBucketAddress } from '@cullstream/contracts';
import { withinTime } from '@cullstream/files';

/**
 * Refuses folders on a drive that does not answer, before a call waits for it that cannot be interrupted.
 * @throws {HungCallError}
 */
export async function requireAnswers(settings: object): Promise<void> {
  const seconds: unknown = Reflect.get(settings, 'readTimeout');
  const limitMs = typeof seconds === 'number' ? seconds * 1_000 : undefined;
  for (const folder of ['originals', 'data', 'cache']) {
    const path: unknown = Reflect.get(settings, folder);
    // Requests to storage have a time limit of their own.
    if (typeof path !== 'string' || isBucketAddress(path)) continue;
    // Other problems are reported when the folder is used.
    const asking = statfs(path).catch(() => undefined);
    await withinTime(asking, path, limitMs);
  }
}
