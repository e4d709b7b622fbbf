import { exitSoon } from '@cullstream/files';
import { exitCodes } from '@cullstream/runtime';
import { onSignals } from './commands/on-signals.js';
import { createProgram } from './program.js';
import { startService } from './start-service.js';
import { createTerminal } from './output/terminal.js';

const terminal = createTerminal(process.stdout, process.stderr, process.env);
const program = createProgram({
  terminal,
  surroundings: { environment: process.env },
  startService,
  onSignals,
});
const end = async (exitCode: number) => {
  // From here on a signal ends the process, so that it does not wait for a reader of stdout that
  // reads nothing.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeAllListeners(signal);
  const code = await program.flush(exitCode);
  // Exits by a signal if a drive that does not respond prevents a normal exit.
  await exitSoon(code, code === exitCodes.interrupted ? 'SIGINT' : 'SIGKILL');
};
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => void program.report(error).then(end));
}
await end(await program.run(process.argv));
