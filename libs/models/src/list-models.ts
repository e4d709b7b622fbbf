import {
  describeModels,
  loadModelRegistry,
  toModelsFolder,
  type ModelDescriptor,
  type ModelFileState,
} from '@cullstream/inference';

export interface ModelList {
  readonly modelsDir: string;
  readonly known: readonly KnownModel[];
  readonly files: readonly ModelFileState[];
}

export interface KnownModel extends ModelDescriptor {
  /** Files of the models folder that are this model. */
  readonly present: readonly string[];
}

export interface ModelListOptions {
  readonly data: string;
  readonly cache: string;
  /** Folder with descriptions of known models, which replaces the built-in ones. */
  readonly registry?: string | undefined;
}

/** Lists the known models, and every file of the models folder with its state. */
export async function listModels({ data, cache, registry }: ModelListOptions): Promise<ModelList> {
  const modelsDir = toModelsFolder(data);
  const described = await loadModelRegistry(registry);
  const files = await describeModels(modelsDir, { cacheDir: cache, registry: described });
  const known = described.models.map((model) => ({
    ...model,
    present: files.filter((file) => file.known === model.name).map(({ file }) => file),
  }));
  return { modelsDir, known, files };
}

/** Converts the list to a document that has every key. */
export function toModelListDocument({ files, ...list }: ModelList) {
  return { ...list, files: files.map(toFileDocument) };
}

function toFileDocument({ examined, sha256, known, problem, ...state }: ModelFileState) {
  return {
    ...state,
    sha256: sha256 ?? null,
    known: known ?? null,
    kind: examined?.kind ?? null,
    format: examined?.format ?? null,
    shape: examined?.shape ?? null,
    usable: problem === undefined,
    problem: problem ?? null,
  };
}
