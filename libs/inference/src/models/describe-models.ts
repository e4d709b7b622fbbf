import { access, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { activations, precisions, type EmbeddingRecipe } from '@cullstream/contracts';
import { DigestCache, sha256OfModel } from './digest-cache.js';
import { examineModel, type ExaminedModel } from './examine-model.js';
import type { ModelRegistry } from './model-registry.js';
import { readModelSidecar, type ModelSidecar } from './model-sidecar.js';
import { listModelPaths } from './place-model.js';
import { preparedPath } from './prepare-model.js';

/** A model file as it is stored. */
export interface ModelFileState {
  readonly path: string;
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string | undefined;
  /** Name of the known model with this digest. */
  readonly known: string | undefined;
  readonly examined: ExaminedModel | undefined;
  /** Why it cannot be used. */
  readonly problem: string | undefined;
  readonly sidecar: ModelSidecar;
  /** Precisions it was converted to before. An ONNX file needs no conversion. */
  readonly prepared: readonly EmbeddingRecipe['precision'][];
}

export interface DescribeOptions {
  /** Folder for digests and converted models. */
  readonly cacheDir: string;
  readonly registry: ModelRegistry;
}

/** Every model of a folder, usable or not. */
export async function describeModels(
  modelsDir: string,
  options: DescribeOptions,
): Promise<ModelFileState[]> {
  const states: ModelFileState[] = [];
  for (const path of await listModelPaths(modelsDir)) {
    states.push(await describeModelFile(path, options));
  }
  return states;
}

/** The path of the model with that digest in a folder, if it is there. */
export async function findModelByDigest(
  sha256: string,
  { modelsDir, cacheDir }: { readonly modelsDir: string; readonly cacheDir: string },
): Promise<string | undefined> {
  const digests = new DigestCache(join(cacheDir, 'models'));
  for (const path of await listModelPaths(modelsDir)) {
    // A damaged file has no digest.
    const digest = await sha256OfModel(path, digests).catch(() => undefined);
    if (digest === sha256) return path;
  }
  return undefined;
}

async function describeModelFile(path: string, options: DescribeOptions): Promise<ModelFileState> {
  const { size: sizeBytes } = await stat(path);
  const cacheDir = join(options.cacheDir, 'models');
  const facts = { path, file: basename(path), sizeBytes, prepared: [], sidecar: {} };
  let sha256: string | undefined;
  try {
    sha256 = await sha256OfModel(path, new DigestCache(cacheDir));
    const known = options.registry.findByDigest(sha256);
    const sidecar = await readModelSidecar(path);
    const examined = await examineModel(path);
    const activation = sidecar.activation ?? known?.activation ?? undefined;
    const prepared = await findPrepared({ ...examined, path, sha256, cacheDir, activation });
    return {
      ...facts,
      ...{ sha256, known: known?.name, examined, sidecar, prepared, problem: undefined },
    };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const known = sha256 === undefined ? undefined : options.registry.findByDigest(sha256)?.name;
    return { ...facts, sha256, known, examined: undefined, problem };
  }
}

async function findPrepared(
  model: Omit<Parameters<typeof preparedPath>[0], 'precision'> & Pick<ExaminedModel, 'format'>,
): Promise<EmbeddingRecipe['precision'][]> {
  const { activation, ...mlp } = model;
  if (model.format === 'onnx') return ['fp32'];
  if (model.kind !== 'image-encoder') return (await exists(preparedPath(mlp))) ? ['fp32'] : [];
  const found: EmbeddingRecipe['precision'][] = [];
  for (const precision of precisions) {
    // Without a sidecar and a known digest, the activation may differ from call to call.
    const likely = activation === undefined ? [undefined, ...activations] : [activation];
    const paths = likely.map((each) => preparedPath({ ...mlp, activation: each, precision }));
    const isThere = await Promise.all(paths.map((path) => exists(path)));
    if (isThere.includes(true)) found.push(precision);
  }
  return found;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
