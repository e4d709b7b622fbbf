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
  /** The weights; a sidecar and an ONNX file's external data are taken along. */
  readonly file: string;
  readonly modelsDir: string;
  /** Folder of what can be made anew; digests are remembered below it. */
  readonly cacheDir: string;
  readonly registry: ModelRegistry;
  /** File name to have; without an ending it gets the file's own. */
  readonly name?: string | undefined;
  /** `move` spares the copy of a file that was made for this, on the same disk. */
  readonly take?: 'copy' | 'move' | undefined;
  readonly expectedSha256?: string | undefined;
  /** Of an image encoder's checkpoint; its sidecar says it from then on. */
  readonly activation?: Activation | undefined;
}

export interface ImportedModel extends ExaminedModel {
  readonly path: string;
  readonly sha256: string;
  readonly known: ModelDescriptor | undefined;
  /** The same bytes were there before, and stay where they are. */
  readonly wasThere: boolean;
  /** What to say aloud: an assumption about the file. */
  readonly notes: readonly string[];
}

/** A file has other bytes than it was said to have. */
export class DigestMismatchError extends Error {
  override readonly name = 'DigestMismatchError';
}

/**
 * Takes weights into the models folder. Everything happens in a folder of its own there, and names
 * appear by rename, the model's last: nobody ever sees half a file. The digest decides what a file
 * is: the same bytes are not stored twice, other bytes never take a name that is in use.
 * @throws {ConfigurationError} when the file is missing, damaged, no model, or its name is taken
 * @throws {DigestMismatchError} when it has not the expected digest
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
 * Rankers, crop proposers and what runs as it is. The checkpoint of an image encoder is tried once it is
 * converted, for which only a run knows the precision.
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

/** What is wrong with the user's file, in the terms of where the user has it. */
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
