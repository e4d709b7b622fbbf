import { join } from 'node:path';
import { listImages, type SourceImage } from '@cullstream/catalog';
import { createSourceReader, MAX_IMAGE_BYTES, type SourceReader } from '@cullstream/imaging';

export interface LoopOptions {
  readonly originals: string;
  readonly model: string;
  readonly batch: number;
  readonly workers: number;
  /** For transformers.js: which file of the model it loads. */
  readonly dtype?: 'fp32' | 'q8';
  /** Folder for files that can be computed again. */
  readonly cache: string;
}

export interface LoopResult {
  /** When each image was done, in milliseconds. */
  readonly finishedMs: readonly number[];
  /** Raw embeddings by entry: base64 of float32 little-endian [512]. */
  readonly vectors: Readonly<Record<string, string>>;
}

/** Every image of the archive and a reader for them, the same for every loop. */
export async function openImages(
  originals: string,
): Promise<{ images: readonly SourceImage[]; reader: SourceReader }> {
  const { images } = await listImages(originals, { name: 'pictures', source: 'pictures.zip' });
  return {
    images,
    reader: createSourceReader({ originalsDir: originals, maxBytes: MAX_IMAGE_BYTES }),
  };
}

/** Where `transformers.js` expects its model: a folder with a configuration and `onnx/`. */
export const transformersModel = {
  toFolder: (models: string) => join(models, 'plain'),
  toFile: (models: string) => join(models, 'plain', 'onnx', 'vision_model.onnx'),
};

export function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

export function fromBase64(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}
