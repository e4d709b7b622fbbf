import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/**
 * transformers.js and its dependencies are installed here, outside the workspaces: only this file
 * uses them.
 */
const folder = fileURLToPath(new URL('../../transformers/', import.meta.url));

/** The part of transformers.js that is used. */
export interface Transformers {
  readonly env: { allowRemoteModels: boolean; localModelPath: string };
  readonly RawImage: { fromBlob(blob: Blob): Promise<unknown> };
  readonly AutoProcessor: {
    from_pretrained(
      model: string,
    ): Promise<(images: readonly unknown[]) => Promise<Readonly<Record<string, Tensor>>>>;
  };
  readonly CLIPVisionModelWithProjection: {
    from_pretrained(
      model: string,
      options: { dtype: 'fp32' | 'q8' },
    ): Promise<
      (inputs: Readonly<Record<string, Tensor>>) => Promise<Readonly<Record<string, Tensor>>>
    >;
  };
}

export interface Tensor {
  readonly data: unknown;
}

/** Installs the locked version of transformers.js where it is not installed yet. */
export async function installTransformers(note: (text: string) => void): Promise<void> {
  if (existsSync(`${folder}node_modules/@huggingface/transformers`)) return;
  note('installing transformers.js, which only the benchmark uses');
  // Only the processor version of onnxruntime is installed, as for Cullstream.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  await promisify(execFile)('npm', ['ci'], { cwd: folder, env });
}

export async function loadTransformers(): Promise<Transformers> {
  const require = createRequire(`${folder}package.json`);
  const path = require.resolve('@huggingface/transformers');
  return (await import(pathToFileURL(path).href)) as Transformers;
}
