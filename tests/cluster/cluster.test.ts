import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpDatabases } from '../support/dump-databases.js';
import { countLogLines, makeExample, toRunArgs, type Example } from '../support/example.js';
import { isDone } from '../support/follow-command.js';
import { allCores, startCli } from '../support/run-cli.js';
import { runInProcess } from '../support/run-in-process.js';
import { makeClusterSchedule } from './cluster-schedule.js';
import { makeNetwork } from './network.js';
import { runClusterSchedule } from './run-cluster-schedule.js';
import { startCluster } from './start-cluster.js';

/** Seeds of the schedules, from the environment: `npm run chaos -- --cluster` sets it. */
const seeds = (process.env['CHAOS_SEEDS'] ?? '1').split(',').map(Number);
const isTold = process.env['CHAOS_TELL'] === '1';
const IMAGES = Number(process.env['CHAOS_IMAGES'] ?? 108);
const IMAGES_IN_GROUPS = 9;
const SERVERS = 3;

const network = process.platform === 'linux' ? makeNetwork(SERVERS) : undefined;

describe.skipIf(network === undefined)('a run at a cluster of three servers', () => {
  const { client = [] } = network ?? {};
  let folder: string;
  let example: Example;
  let undisturbed: Record<string, string[]>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-cluster-'));
    example = await makeExample(folder, Math.ceil(IMAGES / IMAGES_IN_GROUPS));
    const data = join(folder, 'undisturbed');
    const result = await runInProcess(toRunArgs(example, data));
    expect(isDone(result), result.stderr).toBe(true);
    undisturbed = dumpDatabases(data);
  });
  afterAll(() => {
    network?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(seeds)(
    'ends as one to which nothing happens: seed %i',
    async (seed) => {
      if (network === undefined) throw new Error('there is no network');
      const home = mkdtempSync(join(folder, `seed-${seed}-`));
      const data = join(home, 'data');
      const cluster = await startCluster(home, network);
      const story: string[] = [];
      const broker = ['--nats', cluster.url, '--replicas', String(SERVERS)];
      try {
        const result = await runClusterSchedule(
          {
            cluster,
            network,
            start: () => startCli([...toRunArgs(example, data), ...broker], allCores, client),
            data,
            images: example.images,
            note: (text) => story.push(text),
          },
          makeClusterSchedule(seed),
        );
        const told = `${story.join('\n')}\n${result.stderr}`;
        expect(isDone(result), told).toBe(true);
        expect(dumpDatabases(data), told).toEqual(undisturbed);
        expect(countLogLines(data), told).toEqual({ first: 1, loose: 1, second: 1 });
        const verify = ['verify', '--data', data, '--originals', example.originals];
        const verified = await startCli([...verify, '--nats', cluster.url], {}, client).result;
        expect(verified.exitCode, `${told}\n${verified.stdout}${verified.stderr}`).toBe(0);
      } finally {
        if (isTold) console.log(`seed ${seed}\n${story.join('\n')}`);
        await cluster.stop();
      }
    },
    600_000,
  );
});
