import { chooseModels } from '@cullstream/inference';
import type { DiagnosisOptions } from '../options.js';
import type { DoctorFinding } from './finding.js';

/** Whether the three models of a run can be used together. */
export async function checkModels(
  settings: DiagnosisOptions,
): Promise<Omit<DoctorFinding, 'check'>> {
  const models = await chooseModels({
    ...settings,
    dataDir: settings.data,
    cacheDir: settings.cache,
  });
  const { model } = models.embeddingRecipe;
  const { ranker, crop } = models.predictionRecipe;
  const notes = models.notes.length === 0 ? '' : `; ${models.notes.join('; ')}`;
  const message = `${model.file}, ${ranker.file}, ${crop.file} can be used${notes}`;
  return { state: 'ok', message };
}
