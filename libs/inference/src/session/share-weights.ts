import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { makeFolder, withFileLock } from '@cullstream/files';
import { InferenceSession } from 'onnxruntime-node';
import { externalDataPath } from '../onnx/write-onnx.js';
import { onnxruntimeVersion } from './onnxruntime-version.js';
import { sessionOptions } from './session-options.js';

export interface ShareWeightsOptions {
  /** Path of an ONNX file; its external data, if any, lies beside it. */
  readonly modelPath: string;
  /** SHA-256 of what the model was made from: a checkpoint, or the ONNX file itself. */
  readonly modelSha256: string;
  /** Folder for the files; 0.7 GB for ViT-B/32. */
  readonly folder: string;
  /** Smaller models are not worth a second file. Default: 64 MiB. */
  readonly leastBytes?: number;
}

const LEAST_BYTES = 64 * 1024 * 1024;
/** Weights smaller than this stay in the model's own file. */
const MIN_EXTERNAL_BYTES = 1_024;
const MODEL_FILE = 'model.onnx';

/**
 * Optimises a model for this processor and writes its weights in the layout that the kernels use.
 * Every session maps that file into memory, so any number of sessions share one copy of the
 * weights. The file is made once, and the results are the same bit for bit. Making it needs as much
 * memory as the model.
 * @returns path of a model to load without optimisation (`isOptimized`); undefined for small models
 * @throws when onnxruntime refuses, or the folder cannot be written
 */
export async function shareWeights(options: ShareWeightsOptions): Promise<string | undefined> {
  const { modelPath, folder } = options;
  if (!(await isWorthSharing(options))) return undefined;
  const target = join(folder, nameFor(options));
  if (existsSync(target)) return join(target, MODEL_FILE);
  await makeFolder(folder);
  await withFileLock(`${target}.lck`, async () => {
    if (existsSync(target)) return;
    const unfinished = `${target}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished);
    await optimize(modelPath, join(unfinished, MODEL_FILE));
    await rename(unfinished, target);
  });
  return join(target, MODEL_FILE);
}

/** Whether a model is as large as `leastBytes`; a smaller one is not worth a second file. */
export async function isWorthSharing(
  options: Pick<ShareWeightsOptions, 'modelPath' | 'leastBytes'>,
): Promise<boolean> {
  const { modelPath, leastBytes = LEAST_BYTES } = options;
  return (await readSize(modelPath)) >= leastBytes;
}

async function readSize(modelPath: string): Promise<number> {
  const data = await stat(externalDataPath(modelPath)).catch(() => undefined);
  return (await stat(modelPath)).size + (data?.size ?? 0);
}

/**
 * The layout depends on the processor and the version of onnxruntime. One checkpoint can have
 * several graphs: the file names contain precision, activation and builder version.
 */
function nameFor({ modelSha256, modelPath }: ShareWeightsOptions): string {
  const [processor] = cpus();
  const machine = [process.platform, process.arch, processor?.model, onnxruntimeVersion];
  const key = JSON.stringify([...machine, basename(modelPath)]);
  const hash = createHash('sha256').update(key).digest('hex');
  return `${modelSha256.slice(0, 32)}-${hash.slice(0, 16)}`;
}

/** Keys: onnxruntime's onnxruntime_session_options_config_keys.h */
async function optimize(modelPath: string, target: string): Promise<void> {
  const { extra, ...options } = sessionOptions({ intraOpThreads: 1 });
  const session = await InferenceSession.create(modelPath, {
    ...options,
    // Silences the warning that the file works on this machine only.
    logSeverityLevel: 3,
    optimizedModelFilePath: target,
    extra: {
      session: {
        ...(extra?.['session'] as object),
        optimized_model_external_initializers_file_name: `${MODEL_FILE}.data`,
        optimized_model_external_initializers_min_size_in_bytes: String(MIN_EXTERNAL_BYTES),
        save_external_prepacked_constant_initializers: '1',
      },
    },
  });
  await session.release();
}
