import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tryLockFile } from '../src/lock-file.js';

const STARTERS = 6;
const ROUNDS = 500;
const RACER = new URL('support/lock-racer.js', import.meta.url);

interface Request {
  readonly kind: 'try' | 'release';
  readonly path: string;
  readonly fileSystem?: 'with locks' | 'without locks';
}

let starters: ChildProcess[];
let folder: string;

beforeAll(() => {
  starters = Array.from({ length: STARTERS }, startRacer);
});
afterAll(() => {
  for (const starter of starters) starter.disconnect();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cullstream-race-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function startRacer(): ChildProcess {
  return fork(RACER, { execArgv: [] });
}

async function ask(racer: ChildProcess, request: Request): Promise<unknown> {
  const answer = once(racer, 'message');
  racer.send(request);
  return ((await answer) as unknown[])[0];
}

/** Starts all processes at once, repeatedly. Returns the different outcomes of the rounds. */
async function race(
  fileSystem: 'with locks' | 'without locks',
  toPath: (round: number) => string,
): Promise<Set<string>> {
  const outcomes = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const path = toPath(round);
    const request = { kind: 'try', path, fileSystem } as const;
    const answers = await Promise.all(starters.map((starter) => ask(starter, request)));
    const holders = starters.filter((_, index) => answers[index] !== 'held by another');
    await Promise.all(holders.map((holder) => ask(holder, { kind: 'release', path })));
    outcomes.add(answers.sort().join(', '));
  }
  return outcomes;
}

const others = Array.from({ length: STARTERS - 1 }, () => 'held by another');

describe('processes that take a lock at the same moment', () => {
  it('are let in one at a time where there is no lock file yet', async () => {
    const outcomes = await race('with locks', (round) => join(folder, `lock-${round}`));
    expect([...outcomes]).toEqual([['everybody', ...others].join(', ')]);
  });

  it('are let in one at a time over a lock whose holder was killed', async () => {
    const path = join(folder, 'lock');
    const killed = startRacer();
    expect(await ask(killed, { kind: 'try', path })).toBe('everybody');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    await rm(`${path}.witness`);
    const outcomes = await race('with locks', () => path);
    expect([...outcomes]).toEqual([['everybody', ...others].join(', ')]);
  });

  it('are let in one at a time where the file system has no locks', async () => {
    const outcomes = await race('without locks', (round) => join(folder, `lock-${round % 2}`));
    expect([...outcomes]).toEqual([[...others, 'this-computer'].join(', ')]);
  });
});

describe('the lock of a process that is killed', () => {
  it('is held until then, and free from then on', async () => {
    const path = join(folder, 'lock');
    const holder = startRacer();
    await ask(holder, { kind: 'try', path });
    expect(tryLockFile(path)).toBeUndefined();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = tryLockFile(path);
    expect(lock?.keepsOut).toBe('everybody');
    lock?.release();
  });

  it('is not given away by children that the process has started', async () => {
    const path = join(folder, 'lock');
    const lock = tryLockFile(path);
    const child = startRacer();
    expect(await ask(child, { kind: 'try', path })).toBe('held by another');
    lock?.release();
    expect(await ask(child, { kind: 'try', path })).toBe('everybody');
    child.disconnect();
  });
});
