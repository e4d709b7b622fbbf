import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@cullstream/testing';
import { countVectors, toRunArgs, type Example } from '../support/example.js';
import { leaveEmpty } from '../support/leave-empty.js';
import { findBroker, findService, listProcesses, signal } from '../support/processes.js';
import { allCores, runCli, startCli, type CliResult, type RunningCli } from '../support/run-cli.js';
import type { Fault, Step, Target } from './schedule.js';

/** After this time without progress the next fault is caused anyway. */
const STEP_WITHIN_MS = 20_000;
const STARTS_WITHIN_MS = 5_000;
const ENDS_WITHIN_MS = 120_000;
/** After the last fault one command should finish the run; an earlier fault may still end it. */
const COMMANDS_AFTER_FAULTS = 4;
const DISK_BYTES = 256 * 1024 * 1024;

export interface Chaos {
  readonly example: Example;
  /** The data folder of the run: if possible on a separate disk that can be filled. */
  readonly data: string;
  readonly disk: string | undefined;
  /** Reports what is done, as text. */
  readonly note: (text: string) => void;
}

/**
 * Runs the command while the faults happen one after the other, and then until the run is
 * completed.
 * @returns the result of the last command
 * @throws when a command neither makes progress nor ends
 */
export async function runSchedule(chaos: Chaos, schedule: readonly Step[]): Promise<CliResult> {
  const { example, data, note } = chaos;
  const start = () => startCli(toRunArgs(example, data), allCores);
  let run = start();
  for (const { after, fault } of schedule) {
    await waitForShare(run, data, after * example.images);
    if (hasEnded(run)) {
      const { exitCode, signal } = await run.result;
      note(`the command had ended (${exitCode ?? signal}) and is started again`);
      run = start();
    }
    note(`${Math.round(after * 100)} %: ${JSON.stringify(fault)}`);
    await happen(fault, run, chaos);
  }
  for (let left = COMMANDS_AFTER_FAULTS; ; left--) {
    const result = await waitForEnd(run);
    if (isDone(result) || left === 0) return result;
    note(`the command ended with ${result.exitCode ?? result.signal} and is started again`);
    run = start();
  }
}

/** Failures are expected: the example has images that cannot be decoded. */
export function isDone({ exitCode }: CliResult): boolean {
  return exitCode === 1;
}

async function waitForEnd(run: RunningCli): Promise<CliResult> {
  const hung = delay(ENDS_WITHIN_MS, 'hung' as const, { ref: false });
  const result = await Promise.race([run.result, hung]);
  if (result !== 'hung') return result;
  signal(run.child.pid ?? 0, 'SIGKILL');
  throw new Error(`the command does not end; it said:\n${run.stderr()}`);
}

function hasEnded({ child }: RunningCli): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function waitForShare(run: RunningCli, data: string, vectors: number): Promise<void> {
  const from = performance.now();
  const isTime = () =>
    hasEnded(run) || countVectors(data) >= vectors || performance.now() - from > STEP_WITHIN_MS;
  await waitFor(isTime, { what: 'the next fault', timeoutMs: 2 * STEP_WITHIN_MS });
}

async function happen(fault: Fault, run: RunningCli, chaos: Chaos): Promise<void> {
  const { data, example } = chaos;
  switch (fault.kind) {
    case 'kill':
      for (const pid of await waitForTarget(fault.target, run, data)) signal(pid, fault.signal);
      return;
    case 'stand still': {
      const pids = await waitForTarget(fault.target, run, data);
      for (const pid of pids) signal(pid, 'SIGSTOP');
      await delay(fault.ms);
      for (const pid of pids) signal(pid, 'SIGCONT');
      return;
    }
    case 'kill the command':
      signal(run.child.pid ?? 0, 'SIGKILL');
      await run.result;
      return;
    case 'interrupt the command':
      for (let time = 0; time < fault.times; time++) signal(run.child.pid ?? 0, 'SIGINT');
      await waitForEnd(run);
      return;
    case 'pause':
      await runCli(['pause', '--data', data]);
      await delay(fault.ms);
      await runCli(['resume', '--data', data]);
      return;
    case 'start a second command':
      await waitForEnd(startCli(toRunArgs(example, data), allCores));
      return;
    case 'take the originals away': {
      const away = leaveEmpty(example.originals);
      await delay(fault.ms);
      away.isBack();
      return;
    }
    case 'fill the disk':
      if (chaos.disk !== undefined) await fillDisk(chaos.disk, fault.ms);
      return;
  }
}

/** Its processes, or none if it does not start: the extractor ends when everything is listed. */
async function waitForTarget(target: Target, run: RunningCli, data: string): Promise<number[]> {
  const find = () =>
    target === 'broker' ? findBroker(data) : findService(run.child.pid ?? 0, target);
  const from = performance.now();
  const isTime = () =>
    hasEnded(run) || find().length > 0 || performance.now() - from > STARTS_WITHIN_MS;
  await waitFor(isTime, { what: `the ${target}`, timeoutMs: 2 * STARTS_WITHIN_MS });
  return find();
}

async function fillDisk(disk: string, ms: number): Promise<void> {
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

/**
 * Mounts a separate disk at a folder, which is made; undefined where this user may not mount one.
 */
export function mountDisk(folder: string): string | undefined {
  mkdirSync(folder, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'none', folder];
  return spawnSync('mount', options).status === 0 ? folder : undefined;
}

export function unmountDisk(folder: string): void {
  spawnSync('umount', ['--lazy', folder]);
}

/** Processes that still use a data folder. */
export function listLeftovers(data: string): string[] {
  return listProcesses()
    .filter(({ command }) => command.includes(data))
    .map(({ pid, command }) => `${pid} ${command}`);
}
