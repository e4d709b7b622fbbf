import { Writable } from 'node:stream';
import type { Interruption } from '@cullstream/runs';
import { createTerminal } from '../../apps/cli/src/output/terminal.js';
import { createProgram } from '../../apps/cli/src/program.js';
import { startServiceHere } from './service-here.js';

export interface InProcessResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** As `startCli` has it: a session takes half a second of processor time. */
const environment = { CULL_WORKERS: '1', CULL_PAGE: 'off' };

/**
 * Runs a command in this process, and the services of a run as well, which takes less than half of the processor
 * time. Tests of processes, signals or settings in the environment need `startCli`.
 */
export async function runInProcess(args: readonly string[]): Promise<InProcessResult> {
  const stdout = collect();
  const stderr = collect();
  const program = createProgram({
    terminal: createTerminal(stdout.stream, stderr.stream),
    surroundings: { environment },
    startService: startServiceHere,
    onSignals: uninterrupted,
  });
  const exitCode = await program.flush(
    await program.run([process.execPath, 'cullstream', ...args]),
  );
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

/** One for each command, for what has waited for it is kept with it. */
const uninterrupted = (): Interruption => ({
  requested: new Promise(() => undefined),
  forced: new Promise(() => undefined),
  signal: new AbortController().signal,
});

/** A stream that is no terminal. Its text is without the last line break. */
function collect() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return {
    stream: Object.assign(stream, { isTTY: false }) as unknown as NodeJS.WriteStream,
    text: () => Buffer.concat(chunks).toString('utf8').replace(/\n$/, ''),
  };
}
