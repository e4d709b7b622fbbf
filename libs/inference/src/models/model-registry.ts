import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  activations,
  ConfigurationError,
  features,
  precisions,
  sha256Hex,
  describeIssue,
  describeProblems,
} from '@cullstream/contracts';
import { readRegularFile } from '@cullstream/files';
import { z } from 'zod';
import { modelKinds } from './prepare-model.js';

export const modelFormats = [
  'torch-zip',
  'torch-legacy',
  'torchscript',
  'safetensors',
  'onnx',
] as const;

const tensorDescription = z.strictObject({
  name: z.string(),
  shape: z.array(z.union([z.int().positive(), z.string()])),
  dtype: z.string(),
  meaning: z.string(),
});

/** A descriptor of a known model. Its weights are never part of the project. */
export const modelDescriptor = z.strictObject({
  name: z.string().regex(/^[a-z0-9._-]+$/i),
  kind: z.enum(modelKinds),
  description: z.string(),
  /** Files of this model; `sha256` is null where the weights have not been seen. */
  files: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        format: z.enum(modelFormats),
        sha256: sha256Hex.nullable(),
        sizeBytes: z.int().positive().nullable(),
        url: z.url().nullable(),
      }),
    )
    .min(1),
  source: z.string(),
  licence: z.string().nullable(),
  inputs: z.array(tensorDescription),
  outputs: z.array(tensorDescription),
  /** How the inputs of a ranker or crop proposer are computed; null for an image encoder. */
  features: features.nullable(),
  /** The activation of an image encoder; null for the other models. */
  activation: z.enum(activations).nullable(),
  /** Layer widths of an MLP, input first; null where they are read from the file. */
  layers: z.array(z.int().positive()).nullable(),
  /** Projects that the model was trained on: its results for them do not show how good it is. */
  trainedOn: z.array(z.string().min(1)).default([]),
  /** An image encoder's vectors of built-in images, as in `self-check.json` of a cache folder. */
  selfCheck: z
    .strictObject({
      preprocessing: z.string().min(1),
      precision: z.enum(precisions),
      vectors: z.array(z.strictObject({ image: sha256Hex, vector: z.base64() })).min(1),
    })
    .nullable()
    .default(null),
});
export type ModelDescriptor = z.infer<typeof modelDescriptor>;

export interface ModelRegistry {
  readonly models: readonly ModelDescriptor[];
  findByName(name: string): ModelDescriptor | undefined;
  /** The model that the digest of a file belongs to. */
  findByDigest(sha256: string): ModelDescriptor | undefined;
}

/** The folder of descriptors that is part of the project. */
export const registryFolder = join(
  dirname(createRequire(import.meta.url).resolve('@cullstream/inference/package.json')),
  '../../models',
);

/**
 * Reads every `<name>.json` of a folder of descriptors.
 * @throws {ConfigurationError} when the folder cannot be read, or listing every file that is no descriptor.
 */
export async function loadModelRegistry(dir: string = registryFolder): Promise<ModelRegistry> {
  const problems: string[] = [];
  const models: ModelDescriptor[] = [];
  const files = (await listFolder(dir)).filter((file) => file.endsWith('.json')).sort();
  for (const file of files) {
    const path = join(dir, file);
    const parsed = modelDescriptor.safeParse(
      parseJson((await readRegularFile(path)).toString('utf8')),
      {
        error: describeIssue,
      },
    );
    if (!parsed.success) problems.push(`${path}: ${describeProblems(parsed.error)}`);
    else if (`${parsed.data.name}.json` !== file)
      problems.push(`${path}: describes ${parsed.data.name}`);
    else models.push(parsed.data);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return {
    models,
    findByName: (name) => models.find((model) => model.name === name),
    findByDigest: (sha256) =>
      models.find((model) => model.files.some((file) => file.sha256 === sha256)),
  };
}

async function listFolder(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (cause) {
    const problem = `${dir}: the descriptions of known models cannot be read`;
    throw new ConfigurationError([problem], { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
