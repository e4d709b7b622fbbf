import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDemoModels, type DemoModels } from '@cullstream/inference';
import { waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeExample, type Example } from './support/example.js';
import { startFileServer, type FileServer } from './support/file-server.js';
import { startCli } from './support/run-cli.js';
import { runInProcess, type InProcessResult } from './support/run-in-process.js';
import { copySamples, sampleModels } from './support/samples.js';

const USAGE = 2;
const FAILED = 1;

let folder: string;
let weights: DemoModels;
let registry: string;
let sha256: string;
let server: FileServer;
/** A data folder for each test. */
let data: string;
let modelsDir: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-models-'));
  weights = await writeDemoModels(join(folder, 'weights'));
  const bytes = readFileSync(weights.ranker);
  sha256 = createHash('sha256').update(bytes).digest('hex');
  server = await startFileServer(bytes);
  registry = join(folder, 'registry');
  mkdirSync(registry);
  const descriptor = {
    ...{ name: 'ranker_v4', kind: 'ranker', description: 'a test', source: 'here', licence: 'MIT' },
    files: [
      {
        ...{ name: 'ranker_v4.pt', format: 'torch-zip', sha256, sizeBytes: bytes.length },
        url: `${server.url}/published/ranker_v4.pt`,
      },
    ],
    ...{ inputs: [], outputs: [], features: null, activation: null, layers: null },
  };
  writeFileSync(join(registry, 'ranker_v4.json'), JSON.stringify(descriptor));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  data = mkdtempSync(join(folder, 'data-'));
  modelsDir = join(data, 'ai_data/models');
  server.behave('honest');
  server.tag('"one"');
});

function args(command: string, ...more: string[]): string[] {
  const known = ['--registry', registry, '--cache', join(folder, 'cache')];
  return ['models', command, ...more, '--data', data, ...known];
}

const models = (command: string, ...more: string[]) => runInProcess(args(command, ...more));

const pull = (...more: string[]) => models('pull', 'ranker_v4', ...more, '--stall-seconds', '0.5');

/** What a pull must leave: the file by its published name, and nothing else. */
function expectPulled({ exitCode, stderr }: InProcessResult): void {
  expect(exitCode, stderr).toBe(0);
  expect(readdirSync(modelsDir)).toEqual(['ranker_v4.pt']);
  const stored = readFileSync(join(modelsDir, 'ranker_v4.pt'));
  expect(stored.equals(readFileSync(weights.ranker))).toBe(true);
}

describe('models list', () => {
  it('shows known models and what the data folder has, damaged files too', async () => {
    await models('import', weights.ranker);
    await models('import', weights.crop);
    writeFileSync(join(modelsDir, 'broken.pt'), '<html>');
    const { exitCode, stdout } = await models('list', '--json');
    expect(exitCode).toBe(0);
    const { known, files } = JSON.parse(stdout) as { known: unknown; files: unknown };
    expect(known).toMatchObject([{ name: 'ranker_v4', licence: 'MIT', present: ['ranker_v4.pt'] }]);
    expect(files).toMatchObject([
      { file: 'broken.pt', usable: false, problem: expect.stringContaining('a web page') },
      { file: 'demo_crop_proposer.pt', kind: 'crop-proposer', known: null, usable: true },
      { file: 'ranker_v4.pt', kind: 'ranker', known: 'ranker_v4', sha256, usable: true },
    ]);
  });
});

describe('models import', () => {
  it('lets two processes at once never see half a file', async () => {
    const size = readFileSync(weights.ranker).length;
    const both = [1, 2].map(() => startCli(args('import', weights.ranker)));
    const sizes = new Set<number>();
    let ended = false;
    const results = Promise.all(both.map(({ result }) => result)).finally(() => (ended = true));
    const target = join(modelsDir, 'ranker_v4.pt');
    await waitFor(
      () => {
        if (existsSync(target)) sizes.add(readFileSync(target).length);
        return ended;
      },
      { what: 'both imports to end', timeoutMs: 20_000 },
    );
    for (const { exitCode, stderr } of await results) expect(exitCode, stderr).toBe(0);
    expect([...sizes]).toEqual([size]);
    expect(readdirSync(modelsDir)).toEqual(['ranker_v4.pt']);
  });

  it('refuses what is no model', async () => {
    const file = join(registry, 'ranker_v4.json');
    const { exitCode, stderr } = await models('import', file);
    expect(exitCode).toBe(USAGE);
    expect(stderr).toContain(`${file}: not a checkpoint`);
  });
});

describe('models pull', () => {
  it('fetches a known model, and not a second time', async () => {
    expectPulled(await pull());
    expect(server.requests).toEqual([
      { path: '/published/ranker_v4.pt', range: undefined, ifRange: undefined },
    ]);
    const again = await pull('--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ sha256, source: null });
    expect(server.requests).toHaveLength(1);
  });

  it('continues what a server broke off, if the file is still the same', async () => {
    server.behave('truncates', 'is busy', 'honest');
    expectPulled(await pull());
    expect(server.requests.slice(1)).toEqual(
      [1, 2].map(() => ({
        path: '/published/ranker_v4.pt',
        range: expect.stringMatching(/^bytes=[1-9]\d*-$/),
        ifRange: '"one"',
      })),
    );
  });

  it('gives up a server that falls silent, and asks again', async () => {
    server.behave('stalls', 'honest');
    const pulled = await pull();
    expectPulled(pulled);
    expect(pulled.stderr).toContain('nothing came for 0.5 s; trying again');
  });

  it('refuses other bytes than were published and removes them', async () => {
    server.behave('lies');
    const { exitCode, stderr } = await pull();
    expect(exitCode).toBe(FAILED);
    expect(stderr).toContain(`expected ${sha256}; they were removed`);
    expect(readdirSync(modelsDir)).toEqual([]);
    server.behave('honest');
    expectPulled(await pull());
    expect(server.requests[0]?.range).toBeUndefined();
  });

  it('is continued by the next process after a kill', async () => {
    server.behave('stalls', 'honest');
    const killed = startCli(args('pull', 'ranker_v4'));
    await waitFor(() => existsSync(modelsDir) && partBytes() > 1_000, {
      what: 'a part of the file',
      timeoutMs: 20_000,
    });
    killed.child.kill('SIGKILL');
    await killed.result;
    const received = partBytes();
    expectPulled(await pull());
    expect(server.requests.at(-1)?.range).toBe(`bytes=${received}-`);
  });

  it('takes a mirror or a file as well', async () => {
    expectPulled(await pull('--mirror', `${server.url}/mirror`));
    expect(server.requests[0]?.path).toBe('/mirror/ranker_v4.pt');
    rmSync(modelsDir, { recursive: true });
    expectPulled(await pull('--from', `${server.url}/elsewhere/x`));
    rmSync(modelsDir, { recursive: true });
    expectPulled(await pull('--from', weights.ranker));
    const other = await pullAnew('--from', weights.crop);
    expect(other.exitCode).toBe(FAILED);
    expect(other.stderr).toContain(`expected ${sha256}`);
  });

  it('lists what is known when a name is not', async () => {
    const { exitCode, stderr } = await models('pull', 'ranker_v5');
    expect(exitCode).toBe(USAGE);
    expect(stderr).toContain('"ranker_v5" is no known model; there are: ranker_v4');
  });
});

function partBytes(): number {
  const part = readdirSync(modelsDir).find((name) => /^\.pull-.*\.pt$/.test(name));
  return part === undefined ? 0 : readFileSync(join(modelsDir, part)).length;
}

function pullAnew(...more: string[]): Promise<InProcessResult> {
  rmSync(modelsDir, { recursive: true });
  return pull(...more);
}

describe('models check', () => {
  it('loads every model, and fails when one cannot be used', async () => {
    for (const file of [weights.embedder, weights.ranker, weights.crop])
      await models('import', file);
    const sound = await models('check');
    expect(sound.exitCode, sound.stderr).toBe(0);
    expect(sound.stdout).toMatch(/a run would not start: no crop proposer/);
    writeFileSync(join(modelsDir, 'broken.onnx'), '<html>');
    const { exitCode, stdout } = await models('check', '--json');
    expect(exitCode).toBe(FAILED);
    expect(JSON.parse(stdout)).toMatchObject({
      models: [
        { usable: false, problem: expect.stringContaining('broken.onnx') },
        { kind: 'image-encoder', recipe: { precision: 'fp32', preprocessing: 'exact-1' } },
        { kind: 'crop-proposer', features: { embedding: 'raw', dimensionScale: 2048 } },
        { kind: 'ranker', shape: '512→256→64→1', sha256 },
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
      const example = await makeExample(join(folder, 'example'), 4);
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
        { precision: 'fp32', preprocess: 'fast', agreement: { groups: report.groups } },
      ]);
    });

    it('measures int8 of a checkpoint on photographs', async () => {
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
    });
  });
});
