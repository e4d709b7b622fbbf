import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { isWorthSharing, type ShareWeightsOptions } from '@cullstream/inference';

const require = createRequire(import.meta.url);

/**
 * As `shareWeights`, but in a separate thread, whose memory is freed when it ends.
 * @returns undefined for a model that is too small to be worth it
 * @throws when the file cannot be made
 */
export async function locateSharedWeights(
  options: ShareWeightsOptions,
): Promise<string | undefined> {
  // Checked here, because the thread would load all of the inference code only to refuse.
  if (!(await isWorthSharing(options))) return undefined;
  const thread = new Worker(require.resolve('@cullstream/embedding/share-weights-thread'), {
    // Without this process's flags: conditions of a test runner must not apply in the thread.
    execArgv: [],
    workerData: { ...options },
  });
  const ended = once(thread, 'exit');
  // A failure of the thread is reported by the wait for its message below.
  ended.catch(() => undefined);
  const [path] = (await once(thread, 'message')) as [string | undefined];
  await ended;
  return path;
}
