import { execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { watchProcessTree, type ProcessUse } from '../measure/process-tree.js';

export interface CommandResult {
  /** From start to end of the command, in seconds. */
  readonly seconds: number;
  /** The JSON document on its standard output. */
  readonly document: unknown;
  readonly processes: readonly ProcessUse[];
}

const bin = join(
  dirname(createRequire(import.meta.url).resolve('cullstream/package.json')),
  'bin/cullstream.js',
);

export interface CommandOptions {
  /** Each process of this name gets one core for all its threads, in turn. */
  readonly pinned?: string;
  /** The only cores that the command and its child processes may use, in the form of `taskset`. */
  readonly cores?: string;
  /** The expected exit code. Default: 0. */
  readonly exitCode?: number;
}

/**
 * Runs the command as a user would.
 * @throws {Error} with its output, unless it ends with the expected exit code
 */
export function runCommand(
  args: readonly string[],
  { pinned, cores, exitCode = 0 }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const command = [...onCores(cores), process.execPath, bin, ...args, '--json'];
    const [program = '', ...rest] = command;
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    let nextCore = 0;
    const watch = watchProcessTree(child.pid ?? 0, 2_000, ({ name, pid }) => {
      if (name === pinned) pin(pid, nextCore++ % availableParallelism());
    });
    child.once('error', reject);
    child.once('close', (code) => {
      const seconds = (performance.now() - startedMs) / 1_000;
      const processes = watch.stop();
      if (code === exitCode) {
        const document: unknown = JSON.parse(Buffer.concat(out).toString('utf8'));
        resolve({ seconds, document, processes });
      } else {
        const what = Buffer.concat(said).toString('utf8');
        reject(new Error(`cullstream ${args.join(' ')} exited with ${code}:\n${what}`));
      }
    });
  });
}

/** The beginning of a command line that may use only these cores. */
export function onCores(cores: string | undefined): readonly string[] {
  return cores === undefined ? [] : ['taskset', '--cpu-list', cores];
}

/** Child processes that it starts later stay on its core too. */
function pin(pid: number, core: number): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)]);
}
