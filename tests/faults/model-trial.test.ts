import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildDemoEncoder } from '@cullstream/inference';
import { writeOddRanker } from '../../libs/inference/tests/support/odd-models.js';
import { startService, toVariables } from '../support/deployed-services.js';
import { countVectors, makeExample, toRunArgs, type Example } from '../support/example.js';
import { holdService } from '../support/processes.js';
import { runCli, startCli } from '../support/run-cli.js';
import { runInProcess } from '../support/run-in-process.js';

const USAGE = 2;
const hook = fileURLToPath(new URL('../support/die-of-name.js', import.meta.url));

let folder: string;
let example: Example;
let ranker: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-trial-'));
  example = await makeExample(folder, 1);
  ranker = await writeOddRanker(join(folder, 'ranker_nan.onnx'), 'nan');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const refusal = () => `${ranker}: it gives NaN or infinity: its weights are damaged`;

it.each(['run', 'plan', 'replay', 'models check'])(
  '`%s` refuses a model that gives no numbers, and begins nothing',
  async (command) => {
    const data = join(folder, command.replace(' ', '-'));
    const cache = join(folder, 'cache');
    const [, ...args] = toRunArgs(example, data);
    const isReplay = command === 'replay';
    if (isReplay) mkdirSync(data);
    const more = isReplay ? ['--from', 'images'] : [];
    const whole = [...command.split(' '), ...args, ...more, '--cache', cache, '--ranker', ranker];
    const { exitCode, stdout, stderr } = await runInProcess(whole);
    expect(`${stdout}\n${stderr}`.replaceAll(/\s+/g, ' ')).toContain(refusal());
    expect(exitCode).toBe(['run', 'plan', 'replay'].includes(command) ? USAGE : 1);
    expect(existsSync(join(data, '.cullstream/broker'))).toBe(false);
    expect(existsSync(join(data, 'training'))).toBe(false);
  },
);

it.skipIf(process.platform === 'win32')(
  'a model that ends the process that tries it is refused, and nothing else ends',
  async () => {
    const deadly = await writeOddRanker(join(folder, 'kills-trial.onnx'), 'infinity');
    const data = join(folder, 'deadly');
    const given = [...toRunArgs(example, data), '--ranker', deadly];
    const run = await runCli(given, { NODE_OPTIONS: `--import=${hook}` });
    expect(run.exitCode, run.stderr).toBe(USAGE);
    expect(run.stderr.replaceAll(/\s+/g, ' ')).toContain(
      'kills-trial.onnx: it ended the process that tried it (SIGSEGV)',
    );
    expect(existsSync(join(data, '.cullstream/broker'))).toBe(false);
  },
);

it('an import leaves it where it is', async () => {
  const data = join(folder, 'imported');
  const { exitCode, stderr } = await runInProcess(['models', 'import', ranker, '--data', data]);
  expect(exitCode).toBe(USAGE);
  expect(stderr).toContain(refusal());
  expect(readdirSync(join(data, 'ai_data/models'))).toEqual([]);
});

it('a deployed service refuses to start, with the reason', async () => {
  const variables = toVariables(example, join(folder, 'deployed'), 'nats://127.0.0.1:1');
  const service = startService('predictor', { ...variables, CULL_RANKER: ranker });
  const { exitCode, log } = await service.ended;
  expect(exitCode).toBe(USAGE);
  expect(log).toContain(refusal());
});

it.skipIf(process.platform !== 'linux')(
  'a model that is replaced as a run begins is refused',
  async () => {
    const data = join(folder, 'replaced');
    const { embedder } = example.models;
    const run = startCli(toRunArgs(example, data));
    const release = await holdService(run.child.pid ?? 0, 'embedder');
    await buildDemoEncoder({ seed: 2, size: 'small', path: embedder });
    release();
    const { exitCode, stderr } = await run.result;
    expect(exitCode, stderr).toBe(USAGE);
    expect(stderr).toContain('was planned with other models than this embedder has: image encoder');
    expect(countVectors(data)).toBe(0);
  },
);
