import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeOddRanker } from '../libs/inference/tests/support/odd-models.js';
import { startService, toVariables } from './support/deployed-services.js';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { runInProcess } from './support/run-in-process.js';

const USAGE = 2;

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
