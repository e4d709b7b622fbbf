import { copyFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { buildDemoCheckpoints } from '../demo/demo-checkpoints.js';
import { buildDemoEncoder } from '../demo/demo-encoder.js';
import { prepareModel } from './prepare-model.js';
import { resolveEmbedder, resolveModels, type ResolveModelsOptions } from './resolve-models.js';

async function demoOptions(): Promise<ResolveModelsOptions & { dir: string }> {
  const dir = await temporaryFolder();
  const embedder = join(dir, 'encoder.onnx');
  await buildDemoEncoder({ seed: 1, size: 'small', path: embedder });
  return {
    dir,
    embedder,
    ...(await buildDemoCheckpoints({ seed: 1, dir })),
    features: 'as-trained',
    precision: 'fp32',
    preprocessing: 'exact-1',
    cacheDir: join(dir, 'prepared'),
  };
}

describe('resolveModels', () => {
  it('says by which files and features predictions are made', async () => {
    const { embeddingRecipe, predictionRecipe } = await resolveModels(await demoOptions());
    expect(embeddingRecipe).toMatchObject({
      model: { file: 'encoder.onnx' },
      preprocessing: 'exact-1',
      precision: 'fp32',
    });
    expect(predictionRecipe.embedding).toEqual(embeddingRecipe);
    expect(predictionRecipe.ranker).toMatchObject({
      file: 'demo_ranker.pt',
      features: { embedding: 'raw', dimensionScale: 2048 },
    });
  });

  it('runs ONNX as it is and converts checkpoints once', async () => {
    const options = await demoOptions();
    const { paths } = await resolveModels(options);
    expect(paths.embedderOnnx).toBe(options.embedder);
    const { mtimeMs } = await stat(paths.rankerOnnx);
    const again = await resolveModels(options);
    expect(again.paths).toEqual(paths);
    expect((await stat(again.paths.rankerOnnx)).mtimeMs).toBe(mtimeMs);
  });

  it('leaves no locks and no temporary files', async () => {
    const options = await demoOptions();
    await Promise.all([resolveModels(options), resolveModels(options)]);
    const files = await readdir(options.cacheDir);
    expect(files.filter((file) => /\.(lock|tmp)$/.test(file))).toEqual([]);
  });

  it('keeps its ids when a file gets another name, and changes them with its bytes', async () => {
    const options = await demoOptions();
    const renamed = join(options.dir, 'renamed.onnx');
    await copyFile(options.embedder, renamed);
    const other = join(options.dir, 'other.onnx');
    await buildDemoEncoder({ seed: 2, size: 'small', path: other });
    const ids = [options.embedder, renamed, other].map(
      async (embedder) => (await resolveEmbedder({ ...options, embedder })).recipe.id,
    );
    const [first, second, third] = await Promise.all(ids);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('takes the features of the old batch script on demand', async () => {
    const options = await demoOptions();
    const trained = (await resolveModels(options)).predictionRecipe;
    const batch = (await resolveModels({ ...options, features: 'legacy-batch' })).predictionRecipe;
    expect(batch.crop.features).toEqual({ embedding: 'l2', dimensionScale: 10_000 });
    expect(batch.id).not.toBe(trained.id);
  });

  it('lets a sidecar override the features of its model alone', async () => {
    const options = await demoOptions();
    await writeFile(`${options.crop}.json`, '{"embedding":"l2"}');
    const { ranker, crop } = (await resolveModels(options)).predictionRecipe;
    expect(crop.features).toEqual({ embedding: 'l2', dimensionScale: 2048 });
    expect(ranker.features).toEqual({ embedding: 'raw', dimensionScale: 2048 });
  });

  it('reports the problems of all models together', async () => {
    const options = await demoOptions();
    const text = join(options.dir, 'notes.pt');
    await writeFile(text, 'not weights');
    const error: unknown = await resolveModels({
      ...options,
      embedder: join(options.dir, 'missing.pt'),
      ranker: text,
      crop: options.ranker,
    }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ConfigurationError);
    const { problems } = error as ConfigurationError;
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(/there is no file .*missing\.pt/);
    expect(problems[1]).toContain('not a checkpoint');
    expect(problems[2]).toContain('a crop-proposer leads from 514 to 4 numbers');
  });

  it.runIf(process.platform === 'linux')(
    'tells a model that is missing from a cache that is',
    async () => {
      const options = await demoOptions();
      const missing = relative(process.cwd(), join(options.dir, 'missing.pt'));
      const named = resolveModels({ ...options, ranker: missing });
      await expect(named).rejects.toThrow(`‹ranker›: there is no file ${missing}`);
      const resolving = resolveModels({ ...options, cacheDir: '/proc/none' });
      await expect(resolving).rejects.toThrow(/‹ranker›: ranker: .*\/proc\/none/);
    },
  );

  it.each([
    ['{"dimension_scale":1}', 'dimension_scale'],
    ['{', 'not JSON'],
  ])('reports the sidecar %s', async (text, message) => {
    const options = await demoOptions();
    await writeFile(`${options.ranker}.json`, text);
    await expect(resolveModels(options)).rejects.toThrow(message);
  });

  it('reports an ONNX file that onnxruntime cannot load', async () => {
    const options = await demoOptions();
    const embedder = join(options.dir, 'broken.onnx');
    await writeFile(embedder, Buffer.from([0x08, 0x08, 0x3a, 0x00]));
    await expect(resolveModels({ ...options, embedder })).rejects.toThrow(
      'onnxruntime cannot load it',
    );
  });

  it.each(['<html>nothing</html>', ''])('reports an ONNX file that is none: "%s"', async (text) => {
    const options = await demoOptions();
    const embedder = join(options.dir, 'page.onnx');
    await writeFile(embedder, text);
    await expect(resolveModels({ ...options, embedder })).rejects.toThrow('not an ONNX file');
  });

  it('reports that an ONNX file cannot be quantised', async () => {
    const options = await demoOptions();
    await expect(resolveModels({ ...options, precision: 'int8' })).rejects.toThrow(
      'needs the checkpoint',
    );
  });

  it('notices other bytes of the same size by their time', async () => {
    const options = await demoOptions();
    const before = await resolveModels(options);
    await buildDemoCheckpoints({ seed: 9, dir: options.dir });
    await utimes(options.ranker, new Date(), new Date(Date.now() + 5000));
    const after = await resolveModels(options);
    expect(after.predictionRecipe.ranker.sha256).not.toBe(before.predictionRecipe.ranker.sha256);
  });

  it('tells when a file was replaced after it was chosen', async () => {
    const options = await demoOptions();
    const { requireUnchanged } = await resolveModels(options);
    await requireUnchanged();
    await buildDemoEncoder({ seed: 2, size: 'small', path: options.embedder });
    await expect(requireUnchanged()).rejects.toThrow(
      `‹embedder›: image encoder: ${options.embedder} was replaced by another file while it was used`,
    );
  });

  it('keeps no converted model under the digest of another file', async () => {
    const { ranker: path, cacheDir } = await demoOptions();
    const sha256 = '0'.repeat(64);
    await expect(prepareModel({ kind: 'ranker', path, sha256, cacheDir })).rejects.toThrow(
      `${path}: it was replaced by another file while it was read`,
    );
    expect(await readdir(cacheDir)).not.toContainEqual(expect.stringMatching(/onnx$/));
  });
});
