import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleModels } from './samples.js';

/**
 * A folder with a descriptor of the samples' ranker, found by its file name, with its training
 * projects.
 */
export function describeRanker(trainedOn: readonly string[]): string {
  const models = fileURLToPath(new URL('../../models/', import.meta.url));
  const like = JSON.parse(readFileSync(join(models, 'ranker_v4.json'), 'utf8')) as object;
  const file = { name: basename(sampleModels.ranker), format: 'safetensors', sha256: null };
  const folder = mkdtempSync(join(tmpdir(), 'cullstream-registry-'));
  const files = [{ ...file, sizeBytes: null, url: null }];
  writeFileSync(join(folder, 'ranker_v4.json'), JSON.stringify({ ...like, files, trainedOn }));
  return folder;
}
