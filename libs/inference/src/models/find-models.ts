import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelKind } from './prepare-model.js';

/** A model file and why it was chosen, as text for the user. */
export interface FoundModel {
  readonly path: string;
  readonly reason: string;
  /** True when a preferred model was looked for first and is not there. */
  readonly fallback: boolean;
}

export interface FoundModels {
  readonly embedder: FoundModel | undefined;
  readonly ranker: FoundModel | undefined;
  readonly crop: FoundModel | undefined;
  /** One line for each missing model: what was looked for and what to do. */
  readonly problems: readonly string[];
}

/** File name extensions of weights. */
export const modelExtensions = ['.pt', '.onnx', '.safetensors', '.bin'];

/**
 * Base names in order of preference: the newest trained model first, then the documented fallback.
 */
const rankerNames = ['ranker_v4', 'ranker_v3_w10'];
const cropNames = ['crop_proposer_v3', 'crop_proposer_v2'];
const embedderNames = [
  'ViT-B-32',
  'clip-vit-b-32',
  'clip_vit_b_32',
  'open_clip_pytorch_model',
  'open_clip_model',
];

/**
 * The models that a folder offers under their default names: `ranker_v4` else `ranker_v3_w10`,
 * `crop_proposer_v3` else `crop_proposer_v2`, and CLIP's image encoder under a published name or one
 * that begins with `clip`.
 */
export async function findModels(options: { readonly modelsDir: string }): Promise<FoundModels> {
  const { modelsDir } = options;
  const files = (await readdir(modelsDir).catch(() => [])).sort();
  const clipNames = files.flatMap((file) => /^(clip.*)\.[^.]+$/i.exec(file)?.[1] ?? []);
  const choices = [
    ['image-encoder', [...embedderNames, ...clipNames]],
    ['ranker', rankerNames],
    ['crop-proposer', cropNames],
  ] as const satisfies readonly (readonly [ModelKind, readonly string[]])[];
  const [embedder, ranker, crop] = choices.map(([kind, names]) =>
    choose(kind, names, files, modelsDir),
  );
  const problems = choices.flatMap(([kind, names], index) =>
    [embedder, ranker, crop][index] === undefined ? [describeMissing(kind, names, modelsDir)] : [],
  );
  return { embedder, ranker, crop, problems };
}

function choose(
  kind: ModelKind,
  names: readonly string[],
  files: readonly string[],
  modelsDir: string,
): FoundModel | undefined {
  for (const [index, name] of names.entries()) {
    const file = modelExtensions
      .map((extension) => name + extension)
      .find((f) => files.includes(f));
    if (file === undefined) continue;
    const path = join(modelsDir, file);
    const better = kind === 'image-encoder' ? [] : names.slice(0, index);
    return better.length === 0
      ? { path, reason: `${file} found`, fallback: false }
      : { path, reason: `${file}, because there is no ${better.join(' or ')}`, fallback: true };
  }
  return undefined;
}

const settingNames = {
  'image-encoder': '‹embedder›',
  ranker: '‹ranker›',
  'crop-proposer': '‹crop›',
} as const;

function describeMissing(kind: ModelKind, names: readonly string[], modelsDir: string): string {
  return (
    `no ${kind.replace('-', ' ')} in ${modelsDir}: looked for ${names.join(', ')} ` +
    `(${modelExtensions.join(', ')}). Put the file there or name it with ${settingNames[kind]}`
  );
}
