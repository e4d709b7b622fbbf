/**
 * Joins every program with the packages it is made of into a few files, so that it starts in a fraction
 * of the time (docs/adr/0014). The compiler has written the code before, to `dist`.
 */
const programs = {
  'apps/cli': ['main'],
  'apps/embedder': ['main'],
  'apps/extractor': ['main'],
  'apps/predictor': ['main'],
  'apps/reporter': ['main'],
  'apps/writer': ['main'],
  'libs/broker': ['embedded/broker-guard'],
  'libs/embedding': [
    'decoding/decode-thread',
    'engine-worker',
    'share-weights-thread',
    'tune/trial-process',
  ],
  'libs/inference': ['session/inference-watch-thread', 'session/try-device', 'trial/trial-process'],
  'libs/runtime': ['health/probe'],
  'libs/truth': ['locate/locate-thread'],
};

/** What stays outside, and is in the images as it is: packages that load native code from their folders. */
export const nativePackages = [
  '@node-rs/crc32',
  'better-sqlite3',
  'better-sqlite3-napi',
  'onnxruntime-node',
  'sharp',
];

/** @type {import('rolldown').RolldownOptions[]} */
export default Object.entries(programs).map(([folder, names]) => ({
  input: names.map((name) => `${folder}/dist/${name}.js`),
  platform: 'node',
  tsconfig: false,
  external: nativePackages,
  output: {
    dir: `${folder}/build`,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    cleanDir: true,
  },
}));
