import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serviceNames, startService, toVariables } from '../support/deployed-services.js';
import { drawVariants, makeExample } from '../support/example.js';
import { startPlainBroker } from '../support/plain-broker.js';
import { listProcesses } from '../support/processes.js';
import { describeJudged, judge } from './judge.js';
import { plotSoak } from './plot-soak.js';
import { takeRoundSample, takeSample, type RoundSample, type Sample } from './record.js';
import { succeed, workRound } from './work-batches.js';

/** Set by `npm run soak`; without it nothing is done. */
const minutes = Number(process.env['SOAK_MINUTES'] ?? 0);
const groups = Number(process.env['SOAK_GROUPS'] ?? 60);
const out = process.env['SOAK_OUT'] ?? 'reports/soak';
const SAMPLE_EVERY_MS = 5_000;
const REST_MS = 10 * 60_000;

/** Two decimals are enough, and a tenth of the size. */
function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(100 * value) / 100 : value;
}

describe.skipIf(minutes === 0)(`services that work for ${minutes} minutes`, () => {
  it('do not grow', { timeout: minutes * 60_000 + REST_MS }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cullstream-soak-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const example = await makeExample(folder, groups);
    const data = join(folder, 'data');
    const store = join(folder, 'store');
    const broker = await startPlainBroker(folder);
    onTestFinished(() => broker.stop());
    await succeed(['provision', '--nats', broker.url, '--embedders', '1']);
    const variables = {
      ...toVariables(example, data, broker.url),
      NODE_OPTIONS: `--import ${new URL('collect-garbage.js', import.meta.url).href}`,
    };
    const pids = new Map<string, number>();
    for (const name of serviceNames) {
      const service = startService(name, variables);
      onTestFinished(() => service.stop());
      pids.set(name, service.pid);
    }
    pids.set('broker', listProcesses().find(({ command }) => command.includes(store))?.pid ?? 0);
    const bus = await broker.connect();

    const from = performance.now();
    const minute = () => (performance.now() - from) / 60_000;
    const samples: Sample[] = [];
    const rounds: RoundSample[] = [];
    const over = new AbortController();
    const sampling = (async () => {
      while (!over.signal.aborted) {
        samples.push(await takeSample(bus, pids, minute()));
        await delay(SAMPLE_EVERY_MS);
      }
    })();
    const batches = { example, groups, data, natsUrl: broker.url, pictures: await drawVariants() };
    const working = (async () => {
      for (let round = 1; minute() < minutes; round++) {
        await workRound(batches, round);
        rounds.push(await takeRoundSample(bus, { data, store }, { minute: minute(), round }));
      }
    })().finally(() => over.abort());
    await Promise.all([working, sampling]);
    const verified = await succeed(['verify', '--data', data, '--nats', broker.url]);

    const judged = judge({ samples, rounds });
    mkdirSync(out, { recursive: true });
    const document = { minutes, images: example.images, judged, rounds, samples };
    writeFileSync(join(out, 'soak.json'), `${JSON.stringify(document, roundNumbers)}\n`);
    for (const [name, svg] of await plotSoak({ samples, rounds }))
      writeFileSync(join(out, `soak-${name}.svg`), svg);
    console.log(`${rounds.length} rounds, ${rounds.at(-1)?.vectors} images embedded`);
    console.log(judged.map(describeJudged).join('\n'));
    expect(verified.exitCode, verified.stdout).toBe(0);
    expect(rounds.filter(({ waiting }) => waiting > 0)).toEqual([]);
    const grown = judged.filter(({ growthPerHour, limit }) => growthPerHour > limit);
    expect(grown.map(describeJudged)).toEqual([]);
  });
});
