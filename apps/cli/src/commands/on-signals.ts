import { exitNow, startWatchdog } from '@cullstream/files';
import { exitCodes } from '@cullstream/runtime';
import { InterruptedError, type Interruption } from '@cullstream/runs';
import type { CommandContext } from './command-context.js';

const stopping = 'stopping: what is in flight is finished first';

/**
 * The message for the first signal. Services of a deployment keep running, so only watching them
 * stops.
 */
export function stoppingNote({ services }: { readonly services: string }): string {
  return services === 'deployed' ? 'stopping to follow' : stopping;
}

/** Time from the second signal until the process exits. Its broker and services end with it. */
const EXIT_AFTER_FORCED_MS = 3_000;
/** Time from the first signal until the process exits, even if the clean stop has not finished. */
const EXIT_AFTER_REQUEST_MS = 9_700;
/**
 * Seconds after the first and the second signal until the watchdog kills a process that hangs.
 * Longer than the times above.
 */
const ENDED_AFTER_S = [10, 4] as const;

/**
 * Requests a clean stop at the first SIGINT or SIGTERM, and an immediate stop at the second.
 * @param told message for the user at the first signal, saying what happens now
 */
export function onSignals({ note }: Pick<CommandContext, 'note'>, told = stopping): Interruption {
  let force: () => void = () => undefined;
  const forced = new Promise<void>((resolve) => (force = resolve));
  const request = new AbortController();
  const { signal } = request;
  const requested = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const onSignal = (name: NodeJS.Signals) => {
    const exitAfter = (ms: number) =>
      setTimeout(() => exitNow(exitCodes.interrupted, name), ms).unref();
    if (signal.aborted) {
      force();
      exitAfter(EXIT_AFTER_FORCED_MS);
    } else {
      exitAfter(EXIT_AFTER_REQUEST_MS);
      note(`${told}; press Ctrl-C again to stop immediately`);
      request.abort(new InterruptedError());
    }
  };
  startWatchdog({
    afterSeconds: ENDED_AFTER_S,
    message: 'ended: something did not answer for so long; the same command resumes',
  });
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { requested, forced, signal };
}
