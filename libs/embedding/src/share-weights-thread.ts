import { parentPort, workerData } from 'node:worker_threads';
import { shareWeights, type ShareWeightsOptions } from '@cullstream/inference';

/** A thread of its own: optimising holds the model twice, and all of it goes when the thread ends. */
parentPort?.postMessage(await shareWeights(workerData as ShareWeightsOptions));
