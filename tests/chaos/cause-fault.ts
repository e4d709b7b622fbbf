import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  truncateSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@cullstream/testing';
import { leaveEmpty } from '../support/leave-empty.js';
import { findService, signal } from '../support/processes.js';
import { runCli, startCli, type RunningCli } from '../support/run-cli.js';
import type { ChaosPlace } from './chaos-place.js';
import { hasEnded, waitForEnd } from '../support/follow-command.js';
import type { Fault, Target } from './schedule.js';

const STARTS_WITHIN_MS = 5_000;
const SLOW_MS = 50;
const SPARE_HANDLES = 2;
const SPARE_MEMORY_BYTES = 16 * 1024 * 1024;

/** @returns why it cannot happen here; undefined where it did */
export async function causeFault(
  fault: Fault,
  run: RunningCli,
  place: ChaosPlace,
): Promise<string | undefined> {
  const { data, example, broker, environment, proxy } = place;
  const first = join(example.originals, 'first.zip');
  switch (fault.kind) {
    case 'kill':
      for (const pid of await waitForTarget(fault.target, run, place)) signal(pid, fault.signal);
      await delay(100);
      await place.keepBroker();
      return;
    case 'stand still': {
      const pids = await waitForTarget(fault.target, run, place);
      for (const pid of pids) signal(pid, 'SIGSTOP');
      await delay(fault.ms);
      for (const pid of pids) signal(pid, 'SIGCONT');
      return;
    }
    case 'few file handles':
      return limit(await waitForTarget(fault.target, run, place), fault.ms, (pid) => [
        '--nofile',
        String(readdirSync(`/proc/${pid}/fd`).length + SPARE_HANDLES),
      ]);
    case 'little memory':
      return limit(await waitForTarget(fault.target, run, place), fault.ms, (pid) => [
        '--as',
        String(readAddressSpace(pid) + SPARE_MEMORY_BYTES),
      ]);
    case 'kill the command':
      signal(run.child.pid ?? 0, 'SIGKILL');
      await run.result;
      return;
    case 'interrupt the command':
      for (let time = 0; time < fault.times; time++) signal(run.child.pid ?? 0, 'SIGINT');
      await waitForEnd(run);
      return;
    case 'pause':
      await runCli(['pause', '--data', data, ...broker], environment);
      await delay(fault.ms);
      await runCli(['resume', '--data', data, ...broker], environment);
      return;
    case 'start a second command':
      await waitForEnd(startCli(place.runArgs, environment));
      return;
    case 'take the originals away':
      return whileAway(example.originals, fault.ms);
    case 'take the data folder away':
      // A command that only begins takes an empty folder for a new one.
      if ((await waitForTarget('writer', run, place)).length === 0) return 'no command works';
      return whileAway(data, fault.ms);
    case 'cut an archive off':
      return whileOther(first, fault.ms, (path) => truncateSync(path, statSync(path).size / 2));
    case 'replace an archive':
      return whileOther(first, fault.ms, (path) =>
        copyFileSync(join(example.originals, 'second.zip'), path),
      );
    case 'fill the disk':
      if (place.disk === undefined) return 'only root may mount a disk';
      return fillDisk(place.disk, fault.ms);
    case 'cut the connections':
      proxy?.cut();
      return proxy === undefined ? 'the broker is reached directly' : undefined;
    case 'slow the connections':
      if (proxy === undefined) return 'the broker is reached directly';
      proxy.slow(SLOW_MS);
      await delay(fault.ms);
      proxy.slow(0);
      return;
    case 'move the clock':
      place.moveClock?.(fault.seconds);
      return place.moveClock === undefined ? 'libfaketime is not installed' : undefined;
  }
}

/** Its processes, or none if it does not start: the extractor ends when everything is listed. */
async function waitForTarget(
  target: Target,
  run: RunningCli,
  place: ChaosPlace,
): Promise<number[]> {
  const find = () =>
    target === 'broker' ? place.findBroker() : findService(run.child.pid ?? 0, target);
  const from = performance.now();
  const isTime = () =>
    hasEnded(run) || find().length > 0 || performance.now() - from > STARTS_WITHIN_MS;
  await waitFor(isTime, { what: `the ${target}`, timeoutMs: 2 * STARTS_WITHIN_MS });
  return find();
}

/** Lowers the soft limit of processes for a while. */
async function limit(
  pids: readonly number[],
  ms: number,
  toOption: (pid: number) => [string, string],
): Promise<undefined> {
  const restore = pids.flatMap((pid) => {
    try {
      const [option, value] = toOption(pid);
      const before = spawnSync('prlimit', [
        '-p',
        String(pid),
        option,
        '-o',
        'SOFT',
        '--noheadings',
      ]);
      spawnSync('prlimit', ['-p', String(pid), `${option}=${value}:`]);
      return [['-p', String(pid), `${option}=${before.stdout.toString().trim()}:`]];
    } catch {
      return []; // It has just ended.
    }
  });
  await delay(ms);
  for (const args of restore) spawnSync('prlimit', args);
}

function readAddressSpace(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmSize:\s+(\d+) kB/m.exec(status)?.[1] ?? NaN) * 1_024;
}

async function whileAway(path: string, ms: number): Promise<undefined> {
  const away = leaveEmpty(path);
  await delay(ms);
  away.isBack();
}

/** While it is another file, the one that it was lies beside it. */
async function whileOther(
  path: string,
  ms: number,
  change: (path: string) => void,
): Promise<undefined> {
  const aside = `${path}-aside`;
  const other = `${path}-other`;
  copyFileSync(path, other);
  change(other);
  renameSync(path, aside);
  renameSync(other, path);
  await delay(ms);
  renameSync(aside, path);
}

async function fillDisk(disk: string, ms: number): Promise<undefined> {
  const filler = join(disk, 'filler');
  const { bavail, bsize } = statfsSync(disk);
  try {
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
  } catch {
    // The disk is full somewhat earlier, because other processes write too.
  }
  await delay(ms);
  rmSync(filler, { force: true });
}
