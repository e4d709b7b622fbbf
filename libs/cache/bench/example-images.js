import console from 'node:console';
import { createHash } from 'node:crypto';

/** What both benchmarks store: images that do not exist. */

export const recipe = {
  id: '1111111111111111',
  model: { file: 'clip.onnx', sha256: 'a'.repeat(64) },
  preprocessing: 'exact-1',
  precision: 'fp32',
};
export const log = { warn: (fields, message) => console.error(message, fields) };

/** @param {number} number of an image */
export const toSha256 = (number) => createHash('sha256').update(`image ${number}`).digest('hex');
