import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FortressInput } from './fortress-input.js';

export interface Outcome {
  readonly output: string;
  readonly exitCode: number | null;
  readonly processorSeconds: number;
  readonly peakMegabytes: number;
}

const measure = fileURLToPath(new URL('./measure.js', import.meta.url));
/** A machine may be busy; what counts is the time of processors. */
const HANGS_AFTER_MS = 180_000;

/** Makes an input and gives it to its program, in a process whose time and peak memory are measured. */
export async function runInput(input: FortressInput): Promise<Outcome> {
  const parent = mkdtempSync(join(tmpdir(), 'cullstream-fortress-'));
  const folder = join(parent, 'given');
  mkdirSync(folder);
  try {
    await input.make(folder);
    const measures = join(parent, 'measures');
    const child = spawn(process.execPath, input.command(folder), {
      env: {
        ...process.env,
        CULL_PAGE: 'off',
        CULL_WORKERS: '1',
        ...input.environment,
        NODE_OPTIONS: `--import=${measure}`,
        FORTRESS_MEASURES: measures,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    const hang = setTimeout(() => child.kill('SIGKILL'), HANGS_AFTER_MS);
    const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
    clearTimeout(hang);
    return { output: Buffer.concat(output).toString(), exitCode, ...sum(measures) };
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

function sum(file: string): Pick<Outcome, 'processorSeconds' | 'peakMegabytes'> {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const taken = lines.map((line) => JSON.parse(line) as { peakMb: number; processorMs: number });
  return {
    processorSeconds: taken.reduce((total, { processorMs }) => total + processorMs, 0) / 1_000,
    peakMegabytes: Math.max(...taken.map(({ peakMb }) => peakMb)),
  };
}

/** What is not as expected, for people. */
export function judge(input: FortressInput, outcome: Outcome): string[] {
  const { output, exitCode, processorSeconds, peakMegabytes } = outcome;
  const shown = output.length > 1_500 ? `${output.slice(0, 1_500)} …` : output;
  const problems = input.says
    .filter((expected) => !expected.test(output))
    .map((expected) => `does not say ${String(expected)}, but: ${shown}`);
  if (/^ {4}at /m.test(output)) problems.push(`has a stack trace: ${shown}`);
  const expectedCode = input.exitCode ?? 0;
  if (exitCode !== expectedCode)
    problems.push(`exit code ${exitCode}, not ${expectedCode}: ${shown}`);
  if (processorSeconds > input.seconds) problems.push(`${processorSeconds} s of processor time`);
  if (peakMegabytes > input.megabytes) problems.push(`${peakMegabytes} MB of memory`);
  return problems;
}
