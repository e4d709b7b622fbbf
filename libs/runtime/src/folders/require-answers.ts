import { statfs } from 'node:fs/promises';
import { withinTime } from '@cullstream/files';

/**
 * Finds out about a folder that does not answer before anything waits for it that cannot be interrupted.
 * @throws {HungCallError}
 */
export async function requireAnswers(settings: object): Promise<void> {
  const seconds: unknown = Reflect.get(settings, 'readTimeout');
  const limitMs = typeof seconds === 'number' ? seconds * 1_000 : undefined;
  for (const folder of ['originals', 'data', 'cache']) {
    const path: unknown = Reflect.get(settings, folder);
    if (typeof path !== 'string') continue;
    // What else is wrong with it is said by whoever uses it.
    const asking = statfs(path).catch(() => undefined);
    await withinTime(asking, path, limitMs);
  }
}
