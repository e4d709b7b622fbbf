import console from 'node:console';
import { createHash } from 'node:crypto';

/** What the benchmarks store: images that do not exist. */

export const recipe = {
  id: '1111111111111111',
  model: { file: 'clip.onnx', sha256: 'a'.repeat(64) },
  preprocessing: 'exact-1',
  precision: 'fp32',
};
export const log = { warn: (fields, message) => console.error(message, fields) };

/** @param {number} number of an image */
export const toSha256 = (number) => createHash('sha256').update(`image ${number}`).digest('hex');

/** Where it is. */
export const toAlias = (number) => ({
  project: `project-${number % 50}`,
  entry: `2025/07/20250703_${number}_stage1_generated.png`,
  size: 1_000_000 + number,
  crc32: number,
});

/** All that is stored of it. */
export const toRequest = (number) => ({
  alias: toAlias(number),
  sha256: toSha256(number),
  ...{ widthPx: 2_048, heightPx: 2_048, run: '20260131T094500Z-k3x9', origin: 'computed' },
  vector: new Float32Array(512).fill(number + 1),
});
