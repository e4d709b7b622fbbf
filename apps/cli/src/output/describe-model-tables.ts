import { describeFeatures } from '@cullstream/contracts';
import type { ModelDescriptor, ModelFileState } from '@cullstream/inference';
import type { ModelList } from '@cullstream/models';
import { formatTable } from './format-table.js';

/** Describes the known models and the files of the models folder as two tables. */
export function describeModelTables({ known, files, modelsDir }: ModelList): string {
  const parts = ['known models', describeKnown(known), '', `files in ${modelsDir}`];
  if (files.length === 0) {
    parts.push(
      'none; `cullstream models pull clip-vit-b-32` fetches an image encoder, ' +
        '`cullstream models import FILE` takes in weights of your own',
    );
  } else parts.push(describeFiles(files));
  const problems = files.flatMap(({ problem }) => problem ?? []);
  return [...parts, ...problems.map((problem) => `error: ${problem}`)].join('\n');
}

function describeKnown(known: ModelList['known']): string {
  return formatTable(
    ['name', 'kind', 'files', 'SHA-256', 'source', 'licence', 'features', 'there as'],
    known.map((model) => [
      model.name,
      model.kind,
      model.files.map(({ name }) => name).join(', '),
      model.files.map(({ sha256 }) => sha256?.slice(0, 12) ?? 'not known').join(', '),
      model.source,
      model.licence ?? '',
      toFeatures(model),
      model.present.join(', '),
    ]),
    { spare: ['licence', 'features', 'SHA-256', 'source'] },
  );
}

function toFeatures({ features, activation, kind }: ModelDescriptor): string {
  if (features === null) return activation ?? '';
  return kind === 'ranker' ? features.embedding : describeFeatures(features);
}

function describeFiles(files: readonly ModelFileState[]): string {
  return formatTable(
    ['file', 'kind', 'format', 'MB', 'SHA-256', 'known as', 'state'],
    files.map((state) => [
      state.file,
      state.examined?.kind ?? '?',
      state.examined?.format ?? '?',
      (state.sizeBytes / 1e6).toFixed(1),
      state.sha256?.slice(0, 12) ?? '',
      state.known ?? 'not known',
      describeState(state),
    ]),
    { spare: ['SHA-256', 'format'] },
  );
}

function describeState({ problem, examined, prepared }: ModelFileState): string {
  if (problem !== undefined) return 'cannot be used';
  if (examined?.format === 'onnx') return 'usable as it is';
  return prepared.length === 0 ? 'usable' : `usable, prepared (${prepared.join(', ')})`;
}
