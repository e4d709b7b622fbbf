import { createLogger } from '@cullstream/runtime';
import { predictedImages } from '../../../store/src/testing/image-results.js';
import { createOpenCaches } from '../verify/check-vectors.js';
import { verifyProject, type VerifyOptions } from '../verify/verify-project.js';
import type { DataFolder } from './data-folder.js';
import { keepVectors } from './keep-vectors.js';

const log = createLogger('test', 'silent');
export const images = predictedImages({ groupSizes: [2, 2], ungrouped: 1 });

/** A project that is complete. */
export async function complete(data: DataFolder) {
  await keepVectors(data.path, images);
  return data.store(images);
}

export const verify = (
  data: DataFolder,
  database: { path: string; name: string },
  options: Partial<VerifyOptions> = {},
) => verifyProject('dalia', database, { caches: createOpenCaches(data.path, log), ...options });
