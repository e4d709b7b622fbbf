import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { isWorthSharing, type ShareWeightsOptions } from '@cullstream/inference';

const require = createRequire(import.meta.url);

/**
 * The same as `shareWeights`, in a thread that ends with it.
 * @returns undefined for a model that gains nothing
 * @throws when the file cannot be made
 */
export async function locateSharedWeights(
  options: ShareWeightsOptions,
): Promise<string | undefined> {
  // The thread would load all of inference to say no.
  if (!(await isWorthSharing(options))) return undefined;
  const thread = new Worker(require.resolve('@cullstream/embedding/share-weights-thread'), {
    // Without the flags of this process: a test runner's source condition has no place in it.
    execArgv: [],
    workerData: { ...options },
  });
  const ended = once(thread, 'exit');
  // A failure arrives with the message that never comes.
  ended.catch(() => undefined);
  const [path] = (await once(thread, 'message')) as [string | undefined];
  await ended;
  return path;
}
