import { chooseVectorForm, inspectSharedCache } from '@cullstream/cache';
import { counted } from '@cullstream/contracts';
import { chooseEmbedder } from '@cullstream/inference';
import type { DoctorOptions } from '../options.js';
import type { DoctorFinding } from './finding.js';

/** What is damaged is said by `verify` and by runs. */
const silent = { warn: () => undefined };

/** How a run with this image encoder would store new embeddings, and why. */
export async function checkVectorForm(
  settings: DoctorOptions,
): Promise<Omit<DoctorFinding, 'check'>> {
  const { data: dataDir, cache: cacheDir, vectors } = settings;
  const { recipe } = await chooseEmbedder({ ...settings, dataDir, cacheDir });
  const { form, because, bucket } = chooseVectorForm({ dataDir, recipe, vectors });
  if (bucket !== undefined) {
    const cache = await inspectSharedCache({
      ...{ dataDir, cacheDir, recipe, vectors, indexFrom: 'table', log: silent },
    });
    const known = counted(cache.stats().contents, 'embedding');
    return {
      state: 'ok',
      message: `new embeddings are packed and shared in ${bucket}, which has ${known}`,
    };
  }
  const how = form === 'files' ? 'in a .npy file each' : 'packed, many in a file';
  return { state: 'ok', message: `new embeddings are stored ${how}, ${because}` };
}
