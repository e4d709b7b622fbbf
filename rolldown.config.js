import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

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
    'checksums/checksum-thread',
    'decoding/decode-thread',
    'engine-worker',
    'share-weights-thread',
    'tune/probe-process',
    'tune/trial-process',
  ],
  'libs/inference': [
    'session/inference-watch-thread',
    'session/list-placements',
    'session/try-device',
    'trial/trial-process',
  ],
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

/** The client of S3-compatible storage warns users that its later versions need a newer Node. */
const silenced = {
  'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': JSON.stringify('true'),
};

const page = 'libs/page';
const assets = fileURLToPath(new URL(`${page}/assets/`, import.meta.url));

/** What the page consists of besides its code. */
const pageAssets = {
  name: 'page-assets',
  generateBundle() {
    const styles = readdirSync(`${assets}styles`).sort();
    const css = styles.map((name) => readFileSync(`${assets}styles/${name}`, 'utf8'));
    this.emitFile({ type: 'asset', fileName: 'page.css', source: css.join('\n') });
    for (const fileName of ['index.html', 'icon.svg']) {
      this.emitFile({ type: 'asset', fileName, source: readFileSync(assets + fileName) });
    }
  },
};

/** @type {import('rolldown').RolldownOptions[]} */
export default [
  ...Object.entries(programs).map(([folder, names]) => ({
    input: names.map((name) => `${folder}/dist/${name}.js`),
    platform: 'node',
    tsconfig: false,
    external: nativePackages,
    transform: { define: silenced },
    output: {
      dir: `${folder}/build`,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name]-[hash].js',
      cleanDir: true,
    },
  })),
  {
    input: [`${page}/dist/browser/page.js`],
    platform: 'browser',
    tsconfig: false,
    plugins: [pageAssets],
    output: {
      dir: `${page}/build`,
      format: 'esm',
      entryFileNames: '[name].js',
      codeSplitting: false,
      minify: true,
      cleanDir: true,
    },
  },
];
