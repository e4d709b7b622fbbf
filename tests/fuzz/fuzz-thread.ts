import { parentPort, workerData } from 'node:worker_threads';
import { Campaign, type CampaignOptions } from './campaign.js';
import { loadTarget } from './targets.js';

/** The thread that `main.ts` watches: it tries inputs of one target until its time is over. */

const options = workerData as CampaignOptions & { readonly name: string };
const result = await new Campaign(await loadTarget(options.name), options).run();
parentPort?.postMessage(result);
