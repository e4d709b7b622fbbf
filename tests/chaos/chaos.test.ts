import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '@cullstream/testing';
import { dumpDatabases } from '../support/dump-databases.js';
import { countLogLines, makeExample, toRunArgs, type Example } from '../support/example.js';
import { hashTree } from '../support/hash-tree.js';
import { allCores, runCli } from '../support/run-cli.js';
import { isDone, listLeftovers, mountDisk, runSchedule, unmountDisk } from './run-schedule.js';
import { makeSchedule } from './schedule.js';

/** Seeds of the schedules, from the environment: `npm run chaos` sets it. */
const seeds = (process.env['CHAOS_SEEDS'] ?? '6').split(',').map(Number);
const GROUPS_PER_PROJECT = 60;
const isTold = process.env['CHAOS_TELL'] === '1';
const SCHEDULE_WITHIN_MS = 600_000;

let folder: string;
let example: Example;
let untouched: unknown;
let undisturbed: Record<string, string[]>;

describe.skipIf(process.platform !== 'linux')('a run to which much happens', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-chaos-'));
    example = await makeExample(folder, GROUPS_PER_PROJECT);
    untouched = hashTree(example.originals);
    const data = join(folder, 'undisturbed');
    const result = await runCli(toRunArgs(example, data), allCores);
    expect(isDone(result), result.stderr).toBe(true);
    undisturbed = dumpDatabases(data);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(seeds)(
    'ends as one to which nothing does: seed %i',
    async (seed) => {
      const place = join(folder, `seed-${seed}`);
      const disk = mountDisk(place);
      const data = join(place, 'data');
      const story: string[] = [];
      const chaos = { example, data, disk, note: (text: string) => story.push(text) };
      try {
        const result = await runSchedule(chaos, makeSchedule(seed));
        const told = `${story.join('\n')}\n${result.stderr}`;
        expect(isDone(result), told).toBe(true);
        expect(dumpDatabases(data), told).toEqual(undisturbed);
        expect(countLogLines(data), told).toEqual({ first: 1, loose: 1, second: 1 });
        const verified = await runCli(['verify', '--data', data, '--originals', example.originals]);
        expect(verified.exitCode, `${told}\n${verified.stdout}${verified.stderr}`).toBe(0);
        expect(hashTree(example.originals), told).toEqual(untouched);
        await waitFor(() => listLeftovers(data).length === 0, {
          what: 'the end of all processes',
          timeoutMs: 20_000,
        });
      } finally {
        if (isTold) console.log(`seed ${seed}\n${story.join('\n')}`);
        unmountDisk(place);
      }
    },
    SCHEDULE_WITHIN_MS,
  );
});
