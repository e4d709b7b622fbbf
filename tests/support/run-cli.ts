import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@cullstream/testing';

const bin = fileURLToPath(new URL('../../apps/cli/bin/cullstream.js', import.meta.url));

export interface CliResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  /** Its messages on stderr so far. */
  readonly stderr: () => string;
  readonly result: Promise<CliResult>;
}

/** A session takes half a second of processor time, and most runs here have only a few images. */
const oneSession = { CULL_WORKERS: '1', CULL_PAGE: 'off' };

/** As many sessions as there are cores, which is the default for users. */
export const allCores = { CULL_WORKERS: undefined };

/**
 * Starts the built command as a user does, in its own process group.
 * @param through a program that starts the command, with its own arguments
 */
export function startCli(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  through: readonly string[] = [],
): RunningCli {
  const [program = '', ...rest] = [...through, process.execPath, bin, ...args];
  const child = spawn(program, rest, {
    env: { ...oneSession, ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const result = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      resolve({
        exitCode,
        signal,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
  });
  return { child, stderr: () => Buffer.concat(stderr).toString('utf8'), result };
}

/** Runs the built command to its end. */
export function runCli(
  args: readonly string[],
  environment?: NodeJS.ProcessEnv,
): Promise<CliResult> {
  return startCli(args, environment).result;
}

/** Waits until a running command has printed a message on stderr. */
export async function waitForText(cli: RunningCli, text: string): Promise<void> {
  await waitFor(() => cli.stderr().includes(text), { what: `"${text}"`, timeoutMs: 60_000 });
}
