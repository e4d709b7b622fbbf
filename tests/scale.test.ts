import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '@cullstream/examples';
import { waitFor } from '@cullstream/testing';
import { readBroker, type CurrentRun } from './support/read-broker.js';
import { dumpDatabases } from './support/dump-databases.js';
import { countVectors, makeExample, toRunArgs, type Example } from './support/example.js';
import { holdService } from './support/processes.js';
import { allCores, startCli, type RunningCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const DONE_WITH_FAILURES = 1;
const USAGE = 2;
/** How often one of the embedders that joined goes, and another is added. */
const MOVES = 3;
const LEAVE_WITHIN_MS = 10_000;

let folder: string;
let example: Example;
let undisturbed: Record<string, string[]>;

/** Joins as a host of its own does: in the originals' folder, or borrowing images through the broker. */
async function joinRun(
  data: string,
  { url, user, password }: CurrentRun,
  { embedder = example.models.embedder, borrows = false } = {},
): Promise<RunningCli> {
  const images = borrows ? ['--bytes', 'object-store'] : ['--originals', example.originals];
  const joined = startCli([
    ...['embedder', ...images, '--data', data, '--embedder', embedder],
    ...['--nats', url, '--nats-user', user, '--nats-password', password],
  ]);
  let said = '';
  let ended = false;
  joined.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  void joined.result.then(() => (ended = true));
  await waitFor(() => ended || said.includes('joined run'), {
    what: 'an embedder to join',
    timeoutMs: 60_000,
  });
  return joined;
}

/** Ends one that joined, its service with it, as a host that fails does. */
function kill({ child }: RunningCli): void {
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  } catch {
    // It ended with the run between the look and the shot.
  }
}

async function sendAway({ child, result }: RunningCli): Promise<void> {
  const askedAtMs = performance.now();
  child.kill('SIGTERM');
  const left = await result;
  expect(left.exitCode, left.stderr).toBe(0);
  expect(performance.now() - askedAtMs).toBeLessThan(LEAVE_WITHIN_MS);
}

describe.skipIf(process.platform !== 'linux')('embedders that come and go', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-scale-'));
    example = await makeExample(folder, 60);
    const data = join(folder, 'undisturbed');
    const result = await runInProcess(toRunArgs(example, data));
    expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
    undisturbed = dumpDatabases(data);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('change no row, added, killed and sent away at random while it works', async () => {
    const seed = randomInt(1_000_000);
    const random = seededRandom(seed);
    const data = join(folder, 'disturbed');
    const run = startCli([...toRunArgs(example, data), '--bytes', 'object-store'], allCores);
    let over = false;
    void run.result.then(() => (over = true));
    const isOver = () => over;
    const broker = await readBroker(data);
    const folders = [data];
    const add = (borrows: boolean): Promise<RunningCli> => {
      const place = borrows ? join(folder, `host-${folders.length}`) : data;
      if (borrows) folders.push(place);
      return joinRun(place, broker, { borrows });
    };
    // So that it is still under way when they come.
    const release = await holdService(run.child.pid ?? 0, 'embedder');
    const staying = add(true);
    const others = [add(false), add(true)];
    await Promise.all([staying, ...others]).finally(release);
    for (let move = 1; move <= MOVES; move++) {
      const share = (move + random()) / (MOVES + 2);
      const vectors = () => folders.map(countVectors).reduce((sum, count) => sum + count, 0);
      await waitFor(() => isOver() || vectors() >= share * example.images, {
        what: `${share.toFixed(2)} of the vectors`,
        timeoutMs: 60_000,
      });
      const [victim] = others.splice(Math.floor(random() * others.length), 1);
      const going = await victim;
      // Whoever comes when the run is over does not join any more.
      if (isOver() || going === undefined) break;
      if (random() < 0.5) kill(going);
      else await sendAway(going);
      others.push(add(random() < 0.5));
    }
    const result = await run.result;
    expect(result.exitCode, `seed ${seed}: ${result.stderr}`).toBe(DONE_WITH_FAILURES);
    expect(dumpDatabases(data), `seed ${seed}`).toEqual(undisturbed);
    const stayed = await (await staying).result;
    expect(stayed.exitCode, stayed.stderr).toBe(0);
    await Promise.all(others.map(async (other) => (await other).result));
  });

  it('are refused where a run lends no images, or has other weights', async () => {
    const data = join(folder, 'refused');
    const run = startCli(toRunArgs(example, data));
    const broker = await readBroker(data);
    // So that it is still under way when they come.
    const release = await holdService(run.child.pid ?? 0, 'embedder');
    try {
      const [borrower, other] = await Promise.all([
        joinRun(join(folder, 'elsewhere'), broker, { borrows: true }),
        joinRun(data, broker, { embedder: example.models.ranker }),
      ]);
      expect(await borrower.result).toMatchObject({
        exitCode: USAGE,
        stderr: expect.stringContaining('does not lend its images') as string,
      });
      expect((await other.result).exitCode).toBe(USAGE);
    } finally {
      release();
      run.child.kill('SIGINT');
      await run.result;
    }
  });
});
