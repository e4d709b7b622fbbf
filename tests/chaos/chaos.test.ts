import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpDatabases, dumpLastRun } from '../support/dump-databases.js';
import { countLogLines, makeExample, toRunArgs, type Example } from '../support/example.js';
import { hashTree } from '../support/hash-tree.js';
import { runInProcess } from '../support/run-in-process.js';
import { makePlace, waitForNoLeftovers } from './chaos-place.js';
import { isDone } from '../support/follow-command.js';
import { runSchedule } from './run-schedule.js';
import { makeSchedule } from './schedule.js';

/** Seeds of the schedules, from the environment: `npm run chaos` sets it. */
const seeds = (process.env['CHAOS_SEEDS'] ?? '2').split(',').map(Number);
/** Three projects of groups of three images. */
const IMAGES_A_GROUP = 9;
const groups = Math.ceil(Number(process.env['CHAOS_IMAGES'] ?? 270) / IMAGES_A_GROUP);
const isTold = process.env['CHAOS_TELL'] === '1';
const SCHEDULE_WITHIN_MS = 600_000;

let folder: string;
let example: Example;
let untouched: unknown;
let undisturbed: string;

describe.skipIf(process.platform !== 'linux')('a run to which much happens', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-chaos-'));
    example = await makeExample(folder, groups);
    untouched = hashTree(example.originals);
    undisturbed = join(folder, 'undisturbed');
    const result = await runInProcess(toRunArgs(example, undisturbed));
    expect(isDone(result), result.stderr).toBe(true);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(seeds)(
    'ends as one to which nothing does: seed %i',
    async (seed) => {
      const { isBrokerApart, steps } = makeSchedule(seed);
      const place = await makePlace(join(folder, `seed-${seed}`), example, isBrokerApart);
      const { data, broker } = place;
      const story = [isBrokerApart ? 'a broker behind a proxy' : 'a broker of its own'];
      try {
        const result = await runSchedule(place, steps, (text) => story.push(text));
        const told = `${story.join('\n')}\n${result.stderr}`;
        expect(isDone(result), told).toBe(true);
        // A project is processed again after its archive was another one for a while.
        const isReplaced = steps.some(({ fault }) => fault.kind === 'replace an archive');
        const dump = isReplaced ? dumpLastRun : dumpDatabases;
        expect(dump(data), told).toEqual(dump(undisturbed));
        const lines = countLogLines(data);
        const once = { first: 1, loose: 1, second: 1 };
        // A command that is started again while its archive is another one, or cut off, writes a line of that, too.
        const isChanged = steps.some(({ fault }) => fault.kind.includes(' an archive'));
        const fewest = { ...lines, first: Math.min(lines['first'] ?? 0, 1) };
        expect(isChanged ? fewest : lines, told).toEqual(once);
        const verify = ['verify', '--data', data, '--originals', example.originals, ...broker];
        const verified = await runInProcess(verify);
        expect(verified.exitCode, `${told}\n${verified.stdout}${verified.stderr}`).toBe(0);
        expect(hashTree(example.originals), told).toEqual(untouched);
        await waitForNoLeftovers(data);
      } finally {
        if (isTold) console.log(`seed ${seed}\n${story.join('\n')}`);
        await place.remove();
      }
    },
    SCHEDULE_WITHIN_MS,
  );
});
