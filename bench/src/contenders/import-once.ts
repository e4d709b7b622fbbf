import {
  chooseEmbedder,
  importModel,
  loadModelRegistry,
  peakResidentBytes,
} from '@cullstream/inference';
import type { ImportOptions, ImportResult } from './run-import.js';

/** Does the work of `models import`, and the conversion of the first run. */
async function importOnce({ file, data, cache }: ImportOptions): Promise<ImportResult> {
  const registry = await loadModelRegistry();
  const startedMs = performance.now();
  const { path, format } = await importModel({ file, modelsDir: data, cacheDir: cache, registry });
  const importedMs = performance.now();
  const { modelPath } = await chooseEmbedder({
    ...{ dataDir: data, cacheDir: cache, embedder: path },
    ...{ precision: 'fp32', preprocess: 'exact' },
  });
  return {
    format,
    modelPath,
    importSeconds: (importedMs - startedMs) / 1_000,
    seconds: (performance.now() - startedMs) / 1_000,
    peakResidentBytes: peakResidentBytes(),
  };
}

const result = await importOnce(JSON.parse(process.argv[2] ?? '') as ImportOptions);
process.stdout.write(JSON.stringify(result));
