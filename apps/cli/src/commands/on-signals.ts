import { exitNow, startWatchdog } from '@cullstream/files';
import { exitCodes } from '@cullstream/runtime';
import { InterruptedError, type Interruption } from '@cullstream/runs';
import type { CommandContext } from './command-context.js';

const stopping = 'stopping: what is in flight is finished first';

/** What is said at the first signal: deployed services go on by themselves. */
export function stoppingNote({ services }: { readonly services: string }): string {
  return services === 'deployed' ? 'stopping to follow' : stopping;
}

/** After a second signal whatever is still in hand is left: broker and services end with this process. */
const EXIT_AFTER_FORCED_MS = 3_000;
/** In which a clean stop ends, or is none: what hangs is left, and ends with this process. */
const EXIT_AFTER_REQUEST_MS = 9_700;
/** Later than either: what this process cannot do by itself any more. */
const ENDED_AFTER_S = [10, 4] as const;

/**
 * The first SIGINT or SIGTERM asks for a clean stop, the second one for an immediate one.
 * @param told to a person at the first one: what happens now
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
