import { stat } from 'node:fs/promises';
import { dirname, extname, resolve, sep } from 'node:path';
import { readRegularFile } from '@cullstream/files';
import onnxProto from 'onnx-proto';
import { ModelShapeError } from '../onnx/mlp-layers.js';

/** A larger ONNX file is taken to contain its constants itself, without external data. */
const MAX_EXTERNAL_MODEL_BYTES = 2 ** 26;

/**
 * All files that determine the results of a model: the model file, and the external data that an
 * ONNX file refers to.
 * @throws {ModelShapeError} when an ONNX file cannot be decoded or refers to data outside its
 * folder.
 */
export async function filesOfModel(path: string): Promise<string[]> {
  if (extname(path).toLowerCase() !== '.onnx') return [path];
  if ((await stat(path)).size > MAX_EXTERNAL_MODEL_BYTES) return [path];
  const folder = dirname(resolve(path));
  const data = externalLocations(path, await readRegularFile(path)).map((location) => {
    const file = resolve(folder, location);
    if (file.startsWith(folder + sep)) return file;
    throw new ModelShapeError(`${path}: names weights outside its folder: ${location}`);
  });
  return [path, ...data];
}

function externalLocations(path: string, bytes: Uint8Array): string[] {
  try {
    const { graph } = onnxProto.onnx.ModelProto.decode(bytes);
    // An empty file can be decoded without an error, so this is checked separately.
    if (!graph) throw new TypeError('it has no graph');
    const places = (graph.initializer ?? []).flatMap((tensor) => tensor.externalData ?? []);
    const locations = places.flatMap(({ key, value }) =>
      key === 'location' && value ? [value] : [],
    );
    return [...new Set(locations)].sort();
  } catch (cause) {
    throw new ModelShapeError(`${path}: not an ONNX file, or a damaged one`, { cause });
  }
}
