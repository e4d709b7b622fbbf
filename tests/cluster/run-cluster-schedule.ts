import { setTimeout as delay } from 'node:timers/promises';
import { hasEnded, isDone, waitForEnd, waitForVectors } from '../support/follow-command.js';
import { signal } from '../support/processes.js';
import type { CliResult, RunningCli } from '../support/run-cli.js';
import type { ClusterFault, ClusterStep } from './cluster-schedule.js';
import type { Network } from './network.js';
import type { Cluster } from './start-cluster.js';

/** A run that lacks what the servers lost ends incomplete, and the next one processes it. */
const COMMANDS_AFTER_FAULTS = 4;

export interface ClusterRun {
  readonly cluster: Cluster;
  readonly network: Network;
  /** Starts the command, or repeats it. */
  readonly start: () => RunningCli;
  readonly data: string;
  readonly images: number;
  /** Reports what is done, as text. */
  readonly note: (text: string) => void;
}

/**
 * Runs the command while servers fail one after the other, and then until the run is completed.
 * @returns the result of the last command
 * @throws when a command does not end
 */
export async function runClusterSchedule(
  { cluster, network, start, data, images, note }: ClusterRun,
  schedule: readonly ClusterStep[],
): Promise<CliResult> {
  let run = start();
  for (const { after, fault } of schedule) {
    await waitForVectors(run, data, after * images);
    if (hasEnded(run)) {
      note(`the command had ended (${(await run.result).exitCode}) and is started again`);
      run = start();
    }
    note(`${Math.round(after * 100)} %: ${JSON.stringify(fault)}`);
    await happen(fault, cluster, network, note);
  }
  for (let left = COMMANDS_AFTER_FAULTS; ; left--) {
    const result = await waitForEnd(run);
    if (isDone(result) || left === 0) return result;
    note(`the command ended with ${result.exitCode} and is started again:\n${result.stderr}`);
    run = start();
  }
}

async function happen(
  fault: ClusterFault,
  cluster: Cluster,
  network: Network,
  note: (text: string) => void,
): Promise<void> {
  const { server, ms } = fault;
  switch (fault.kind) {
    case 'kill':
      await cluster.kill(server);
      await delay(ms);
      cluster.start(server);
      return;
    case 'stand still':
      signal(cluster.pid(server), 'SIGSTOP');
      await delay(ms);
      signal(cluster.pid(server), 'SIGCONT');
      return;
    case 'partition': {
      const end = network.partition(server);
      await delay(ms);
      end();
      return;
    }
    case 'cut the tail':
    case 'flip a byte':
      await cluster.kill(server);
      note(
        `damaged: ${cluster.damage(server, (bytes) => toDamaged(bytes, fault)) ?? 'nothing yet'}`,
      );
      await delay(ms);
      cluster.start(server);
  }
}

function toDamaged(
  bytes: Buffer,
  fault: Extract<ClusterFault, { kind: 'cut the tail' | 'flip a byte' }>,
): Buffer {
  if (fault.kind === 'cut the tail')
    return bytes.subarray(0, Math.max(0, bytes.length - fault.bytes));
  const at = Math.floor((bytes.length - 1) * fault.at);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  return bytes;
}
