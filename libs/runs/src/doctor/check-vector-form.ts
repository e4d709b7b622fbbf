import { chooseVectorForm } from '@cullstream/cache';
import { chooseEmbedder } from '@cullstream/inference';
import type { DoctorOptions } from '../options.js';
import type { DoctorFinding } from './finding.js';

/** How a run with this image encoder would store new embeddings, and why. */
export async function checkVectorForm(
  settings: DoctorOptions,
): Promise<Omit<DoctorFinding, 'check'>> {
  const { data: dataDir, cache: cacheDir, vectors = 'auto' } = settings;
  const { recipe } = await chooseEmbedder({ ...settings, dataDir, cacheDir });
  const { form, because } = chooseVectorForm({ dataDir, recipe, vectors });
  const how = form === 'files' ? 'in a .npy file each' : 'packed, many in a file';
  return { state: 'ok', message: `new embeddings are stored ${how}, ${because}` };
}
