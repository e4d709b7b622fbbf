import { parentPort, workerData } from 'node:worker_threads';
import { shareWeights, type ShareWeightsOptions } from '@cullstream/inference';

/**
 * Runs in a separate thread: optimising takes twice the model's memory, which is freed when it
 * ends.
 */
parentPort?.postMessage(await shareWeights(workerData as ShareWeightsOptions));
