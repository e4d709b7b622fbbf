import { createLogger } from '@cullstream/runtime';
import type { ImagePredicted } from '@cullstream/contracts';
import { createOpenCaches } from '../verify/check-vectors.js';
import { verifyProject, type VerifyOptions } from '../verify/verify-project.js';
import type { DataFolder } from './data-folder.js';
import { keepVectors } from './keep-vectors.js';

const log = createLogger('test', 'silent');

/** A project that is complete, with all of these images. */
export async function storeAll(data: DataFolder, images: readonly ImagePredicted[]) {
  await keepVectors(data.path, images);
  return data.store(images);
}

export const verify = (
  data: DataFolder,
  database: { path: string; name: string },
  options: Partial<VerifyOptions> = {},
) =>
  verifyProject('dalia', database, {
    caches: createOpenCaches({ data: data.path, cache: '' }, log),
    ...options,
  });
