import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@cullstream/testing';
import { describe, expect, it } from 'vitest';
import { makeExample, type Example } from './support/example.js';
import { startCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';
import { copySamples, sampleModels } from './support/samples.js';
import { toModelsArgs, useModels } from './support/use-models.js';

const USAGE = 2;
const FAILED = 1;

const setUp = useModels();
const models = (command: string, ...more: string[]) =>
  runInProcess(toModelsArgs(setUp, command, ...more));

describe('models list', () => {
  it('shows known models and what the data folder has, damaged files too', async () => {
    await models('import', setUp.weights.ranker);
    await models('import', setUp.weights.crop);
    writeFileSync(join(setUp.modelsDir, 'broken.pt'), '<html>');
    const { exitCode, stdout } = await models('list', '--json');
    expect(exitCode).toBe(0);
    const { known, files } = JSON.parse(stdout) as { known: unknown; files: unknown };
    expect(known).toMatchObject([{ name: 'ranker_v4', licence: 'MIT', present: ['ranker_v4.pt'] }]);
    expect(files).toMatchObject([
      { file: 'broken.pt', usable: false, problem: expect.stringContaining('a web page') },
      { file: 'demo_crop_proposer.pt', kind: 'crop-proposer', known: null, usable: true },
      {
        file: 'ranker_v4.pt',
        kind: 'ranker',
        known: 'ranker_v4',
        sha256: setUp.sha256,
        usable: true,
      },
    ]);
  });
});

describe('models import', () => {
  it('lets two processes at once never see half a file', async () => {
    const size = readFileSync(setUp.weights.ranker).length;
    const both = [1, 2].map(() => startCli(toModelsArgs(setUp, 'import', setUp.weights.ranker)));
    const sizes = new Set<number>();
    let ended = false;
    const results = Promise.all(both.map(({ result }) => result)).finally(() => (ended = true));
    const target = join(setUp.modelsDir, 'ranker_v4.pt');
    await waitFor(
      () => {
        if (existsSync(target)) sizes.add(readFileSync(target).length);
        return ended;
      },
      { what: 'both imports to end', timeoutMs: 20_000 },
    );
    for (const { exitCode, stderr } of await results) expect(exitCode, stderr).toBe(0);
    expect([...sizes]).toEqual([size]);
    expect(readdirSync(setUp.modelsDir)).toEqual(['ranker_v4.pt']);
  });

  it('refuses what is no model', async () => {
    const file = join(setUp.registry, 'ranker_v4.json');
    const { exitCode, stderr } = await models('import', file);
    expect(exitCode).toBe(USAGE);
    expect(stderr).toContain(`${file}: not a checkpoint`);
  });
});

describe('models check', () => {
  it('loads every model, and fails when one cannot be used or a run would not start', async () => {
    for (const file of [setUp.weights.embedder, setUp.weights.ranker, setUp.weights.crop])
      await models('import', file);
    const { embedder, ranker, crop } = setUp.weights;
    const named = ['--embedder', embedder, '--ranker', ranker, '--crop', crop];
    const complete = await models('check', ...named);
    expect(complete.exitCode, complete.stderr).toBe(0);
    const sound = await models('check');
    expect(sound.exitCode, sound.stderr).toBe(USAGE);
    expect(sound.stdout).toMatch(/a run would not start: no crop proposer/);
    writeFileSync(join(setUp.modelsDir, 'broken.onnx'), '<html>');
    const { exitCode, stdout } = await models('check', '--json');
    expect(exitCode).toBe(FAILED);
    expect(JSON.parse(stdout)).toMatchObject({
      models: [
        { usable: false, problem: expect.stringContaining('broken.onnx') },
        { kind: 'image-encoder', recipe: { precision: 'fp32', preprocessing: 'exact-1' } },
        { kind: 'crop-proposer', features: { embedding: 'raw', dimensionScale: 2048 } },
        { kind: 'ranker', shape: '512→256→64→1', sha256: setUp.sha256 },
      ],
    });
  });

  it('refuses a device that is not here', async () => {
    const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml';
    const { exitCode, stderr } = await models('check', '--device', elsewhere);
    expect(exitCode).toBe(USAGE);
    expect(stderr).toMatch(/device \w+: onnxruntime .* does not offer it on .*choose one of cpu/);
  });

  describe('--agreement', () => {
    const named = ({ embedder, ranker, crop }: Example['models']) => [
      ...['--embedder', embedder, '--ranker', ranker, '--crop', crop],
    ];

    it('compares fast pixels with exact ones, and says why int8 is not possible', async () => {
      const example = await makeExample(join(setUp.folder, 'example'), 4);
      const { exitCode, stdout, stderr } = await models(
        ...(['check', '--agreement', '--originals', example.originals, '--sample', '12'] as const),
        ...[...named(example.models), '--json'],
      );
      expect(exitCode, stderr).toBe(0);
      const report = JSON.parse(stdout) as { images: number; groups: number; variants: unknown[] };
      expect(report.images).toBeGreaterThan(8);
      expect(report.variants).toMatchObject([
        { precision: 'fp32', preprocess: 'exact' },
        { precision: 'int8', impossible: expect.stringContaining('needs the checkpoint') },
        { precision: 'fp16', impossible: expect.stringContaining('needs the checkpoint') },
        { precision: 'fp32', preprocess: 'fast', agreement: { groups: report.groups } },
      ]);
    });

    it('measures int8 and fp16 of a checkpoint on photographs', async () => {
      const { checkpoint: embedder, ranker, crop } = sampleModels;
      const { originals } = copySamples();
      const { exitCode, stdout, stderr } = await models(
        ...(['check', '--agreement', '--originals', originals, '--sample', '24'] as const),
        ...[...named({ embedder, ranker, crop }), '--json'],
      );
      expect(exitCode, stderr).toBe(0);
      const { variants } = JSON.parse(stdout) as {
        variants: { precision: string; agreement: { cosineMin: number; iouMean: number } | null }[];
      };
      const int8 = variants.find(({ precision }) => precision === 'int8')?.agreement;
      expect(int8?.cosineMin).toBeGreaterThan(0.99);
      expect(int8?.cosineMin).toBeLessThan(1);
      expect(int8?.iouMean).toBeGreaterThan(0.9);
      const fp16 = variants.find(({ precision }) => precision === 'fp16')?.agreement;
      expect(fp16?.cosineMin).toBeGreaterThan(0.9999);
    });
  });
});
