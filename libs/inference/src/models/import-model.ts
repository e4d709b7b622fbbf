import { rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { ConfigurationError, type Activation } from '@cullstream/contracts';
import {
  errorMessage,
  makeFolder,
  makeTemporaryFolder,
  removeAbandoned,
  withFileLock,
} from '@cullstream/files';
import { ModelShapeError } from '../onnx/mlp-layers.js';
import { tryOnce } from '../trial/try-once.js';
import { chooseActivation } from './choose-activation.js';
import { DigestCache } from './digest-cache.js';
import { examineModel, type ExaminedModel } from './examine-model.js';
import { modelExtensions } from './find-models.js';
import type { ModelDescriptor, ModelRegistry } from './model-registry.js';
import { prepareModel, preparedPath } from './prepare-model.js';
import { readModelSidecar } from './model-sidecar.js';
import { placeModel } from './place-model.js';
import { stageModel, type StagedModel } from './stage-model.js';

export interface ImportOptions {
  /** The weights. A sidecar and the external data of an ONNX file are imported with them. */
  readonly file: string;
  readonly modelsDir: string;
  /** Folder for what can be computed again. The digests are stored below it. */
  readonly cacheDir: string;
  readonly registry: ModelRegistry;
  /** The new file name. Without an extension it gets that of the imported file. */
  readonly name?: string | undefined;
  /** `move` avoids copying a file that was made for the import, on the same disk. */
  readonly take?: 'copy' | 'move' | undefined;
  readonly expectedSha256?: string | undefined;
  /** The activation of an image encoder's checkpoint. It is stored in the sidecar. */
  readonly activation?: Activation | undefined;
}

export interface ImportedModel extends ExaminedModel {
  readonly path: string;
  readonly sha256: string;
  readonly known: ModelDescriptor | undefined;
  /** True when a model with the same bytes was there before. That file is kept. */
  readonly wasThere: boolean;
  /** Warnings for the user: an assumption about the file. */
  readonly notes: readonly string[];
}

/** The bytes of a file do not match the expected digest. */
export class DigestMismatchError extends Error {
  override readonly name = 'DigestMismatchError';
}

/**
 * Imports weights into the models folder. The work is done in a temporary folder there, and files
 * are renamed into place, the model last, so that no other process sees an incomplete model. Models
 * are compared by digest: the same bytes are not stored twice, and other bytes never replace a file
 * of the same name.
 * @throws {ConfigurationError} when the file is missing, damaged or no model, or its name is taken
 * @throws {DigestMismatchError} when it does not have the expected digest
 */
export async function importModel(options: ImportOptions): Promise<ImportedModel> {
  const { file, modelsDir, expectedSha256 } = options;
  const facts = await stat(file).catch(() => undefined);
  if (facts === undefined) throw new ConfigurationError([`${file}: there is no such file`]);
  if (!facts.isFile()) {
    const what = facts.isDirectory() ? 'is a folder' : 'is no regular file';
    throw new ConfigurationError([`${file}: ${what}; name the file of the weights`]);
  }
  await makeFolder(modelsDir);
  await removeAbandoned(modelsDir);
  const staging = await makeTemporaryFolder(modelsDir);
  try {
    const staged = await explained(() => stageModel(file, staging, options.take ?? 'copy'));
    if (expectedSha256 !== undefined && staged.sha256 !== expectedSha256) {
      throw new DigestMismatchError(
        `the bytes are not the published ones: SHA-256 ${staged.sha256}, expected ${expectedSha256}`,
      );
    }
    const examined = await explained(() => examineModel(staged.path), staged.path, file);
    const sidecar = await explained(() => readModelSidecar(staged.path), staged.path, file);
    const known = options.registry.findByDigest(staged.sha256);
    const { activation: asked } = options;
    if (asked !== undefined) {
      requireEncoder(examined, file);
      chooseActivation({
        ...{ path: file, sha256: staged.sha256, asked, sidecar: sidecar.activation },
        known: known?.activation ?? undefined,
      });
      await writeFile(
        `${staged.path}.json`,
        `${JSON.stringify({ ...sidecar, activation: asked })}\n`,
      );
    }
    await explained(() => tryStaged(staged, examined, options), staged.path, file);
    const name = toFileName(options, staged, examined, known);
    const ownCache = join(options.cacheDir, 'models');
    await makeFolder(ownCache);
    const placed = await withFileLock(join(ownCache, 'import.lck'), () =>
      placeModel(asked === undefined ? staged : { ...staged, hasSidecar: true }, {
        modelsDir,
        name,
        isNameWanted: options.name !== undefined,
        digests: new DigestCache(ownCache),
      }),
    );
    const { sha256 } = staged;
    const notes = await notesOn({ ...examined, ...placed, sha256, known });
    return { ...examined, ...placed, sha256, known, notes };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function requireEncoder({ kind }: ExaminedModel, file: string): void {
  if (kind === 'image-encoder') return;
  throw new ConfigurationError([
    `${file}: ‹activation› is of image encoders, and this is a ${kind}`,
  ]);
}

/**
 * Rankers, crop proposers and ONNX files are tried here. The checkpoint of an image encoder is
 * tried when it is converted, because only a run knows the precision.
 */
async function tryStaged(
  { path, sha256 }: StagedModel,
  { kind, format }: ExaminedModel,
  options: ImportOptions,
): Promise<void> {
  const isEncoder = kind === 'image-encoder';
  if (isEncoder && format !== 'onnx') return;
  const cacheDir = join(options.cacheDir, 'models');
  const ofEncoder = isEncoder ? { precision: 'fp32' as const } : {};
  const wanted = { kind, path, sha256, cacheDir, ...ofEncoder };
  const onnx = await prepareModel(wanted);
  const ready = { kind, path, onnx, triedMark: `${preparedPath(wanted)}.tried` };
  for (const problem of (await tryOnce([ready])).values()) throw new ModelShapeError(problem);
}

async function notesOn({ kind, path, sha256, known }: Omit<ImportedModel, 'notes'>) {
  if (kind !== 'image-encoder') return [];
  const { activation: sidecar } = await readModelSidecar(path);
  return chooseActivation({ path, sha256, sidecar, known: known?.activation ?? undefined }).notes;
}

/** Errors name the user's file, not its copy in the temporary folder. */
async function explained<T>(work: () => Promise<T>, path = '', file = ''): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const message = errorMessage(cause);
    const problem = path === '' ? message : message.replaceAll(path, file);
    throw new ConfigurationError([problem], { cause });
  }
}

function toFileName(
  { name, file }: ImportOptions,
  { fileSha256 }: StagedModel,
  { format }: ExaminedModel,
  known: ModelDescriptor | undefined,
): string {
  if (name !== undefined) return requirePlainName(withExtension(name, extname(file), format));
  const canonical = known?.files.find(({ sha256 }) => sha256 === fileSha256)?.name;
  return canonical ?? withExtension(basename(file), '', format);
}

function withExtension(name: string, own: string, format: ExaminedModel['format']): string {
  if (isModelExtension(extname(name))) return name;
  if (isModelExtension(own)) return name + own;
  return `${name}${format === 'safetensors' ? '.safetensors' : '.pt'}`;
}

function isModelExtension(extension: string): boolean {
  return modelExtensions.includes(extension.toLowerCase());
}

function requirePlainName(name: string): string {
  if (dirname(name) === '.' && basename(name) === name && !name.startsWith('.')) return name;
  throw new ConfigurationError([`‹name›: "${name}" is no plain file name`]);
}
