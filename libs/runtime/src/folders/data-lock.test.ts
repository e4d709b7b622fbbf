import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from '@cullstream/contracts';
import { ownIdentity, tryLockFile } from '@cullstream/files';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockData, tryLockData } from './data-lock.js';

let data: string;
let record: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'cullstream-lock-'));
  record = join(data, '.cullstream/lock.json');
  mkdirSync(dirname(record));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const since = '2026-01-02T03:04:05.000Z';

function leaveRecord(owner: object): void {
  writeFileSync(record, JSON.stringify({ pid: 4194305, host: hostname(), since, ...owner }));
}

describe('the lock of a data folder', () => {
  it('says whose it is while it is held, and nothing afterwards', async () => {
    const lock = await lockData({ data });
    expect(JSON.parse(readFileSync(record, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(await tryLockData({ data })).toBeUndefined();
    await expect(lockData({ data })).rejects.toThrow(
      new RegExp(`another cullstream works there \\(pid ${process.pid} on ${hostname()}, since`),
    );
    await lock.release();
    expect(existsSync(record)).toBe(false);
    await (await lockData({ data })).release();
  });

  it('is not taken from a command that is at work', async () => {
    const lock = await lockData({ data });
    const taking = lockData({ data, takeOver: true });
    await expect(taking).rejects.toThrow('it is at work, so ‹takeOver› takes nothing from it');
    await lock.release();
  });

  it.each([
    ['no record yet', undefined],
    ['the record of one that was killed', { pid: 4194305, processStart: '1' }],
    ['a record that it is held for seconds', { pid: process.pid, isBrief: true }],
  ])('is waited for while its holder has %s', async (_what, owner) => {
    const held = tryLockFile(join(dirname(record), 'data.lock'));
    if (owner !== undefined) leaveRecord(owner);
    const waiting = lockData({ data });
    expect(await Promise.race([waiting, delay(300, 'waiting')])).toBe('waiting');
    rmSync(record, { force: true });
    held?.release();
    await (await waiting).release();
  });

  it('is refused as soon as its holder says that it is held for long', async () => {
    const held = tryLockFile(join(dirname(record), 'data.lock'));
    const waiting = lockData({ data });
    const refused = expect(waiting).rejects.toThrow('another cullstream works there');
    await delay(150);
    leaveRecord({ pid: process.pid, processStart: ownIdentity().start });
    await refused;
    held?.release();
  });

  it('lets a replay in beside it', async () => {
    const lock = await lockData({ data });
    const replay = await lockData({ data }, 'replay');
    await expect(lockData({ data }, 'replay')).rejects.toThrow(ConfigurationError);
    await replay.release();
    await lock.release();
  });

  it.each([
    ['whose process is gone', JSON.stringify({ pid: 4194305, host: hostname(), since })],
    ['whose number another process has now', toRecordText({ processStart: '1' })],
    ['of a system that does not say when processes started', toRecordText({ processStart: null })],
    ['that a full disk tore', '{"pid": 12'],
    ['that is empty', ''],
  ])('is taken over from a command of this computer %s', async (_what, text) => {
    writeFileSync(record, text);
    await (await lockData({ data })).release();
  });

  it.runIf(process.platform === 'linux')(
    'is left to a command of an older version that is at work',
    async () => {
      leaveRecord({ pid: process.ppid, processStart: readStart(process.ppid) });
      await expect(lockData({ data, takeOver: true })).rejects.toThrow('another cullstream works');
    },
  );

  it('of another computer is named with the file and the way out', async () => {
    leaveRecord({ host: 'old-name', processStart: '1' });
    await expect(lockData({ data })).rejects.toThrow(
      new RegExp(`as ${record} says \\(pid 4194305 on old-name, since .*say ‹takeOver›`),
    );
    expect(await tryLockData({ data })).toBeUndefined();
    const lock = await lockData({ data, takeOver: true });
    expect(JSON.parse(readFileSync(record, 'utf8'))).toMatchObject({ host: hostname() });
    await lock.release();
  });

  it('is no lock where another file has its name', async () => {
    writeFileSync(join(dirname(record), 'data.lock'), 'mine');
    await expect(lockData({ data })).rejects.toThrow(ConfigurationError);
  });

  it('is given back when its record cannot be written', async () => {
    mkdirSync(join(record, 'below'), { recursive: true });
    await expect(lockData({ data })).rejects.toThrow(ConfigurationError);
    const lock = tryLockFile(join(dirname(record), 'data.lock'));
    expect(lock).toBeDefined();
    lock?.release();
  });
});

function toRecordText(owner: object): string {
  return JSON.stringify({ pid: process.ppid, host: hostname(), since, ...owner });
}

/** The start time of a process, as the record of a lock holds it. */
function readStart(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  expect(ownIdentity().start).toMatch(/^\d+$/);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
