import { exitNow } from '@cullstream/files';
import { exitCodes } from '@cullstream/runtime';

/** Ends the work before its time: politely at first, at once when asked again. */
export interface Interruption {
  readonly requested: Promise<void>;
  readonly forced: Promise<void>;
  /** Aborted with an {@link InterruptedError} when an end is requested. */
  readonly signal: AbortSignal;
}

/** The work was asked to end before it had begun anything that must be ended in order. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  constructor() {
    super('interrupted');
  }
}

/** After a second signal whatever is still in hand is left: broker and services end with this process. */
const EXIT_AFTER_FORCED_MS = 3_000;
/** In which a clean stop ends, or is none: what hangs is left, and ends with this process. */
const EXIT_AFTER_REQUEST_MS = 9_700;

/** The first SIGINT or SIGTERM asks for a clean stop, the second one for an immediate one. */
export function onSignals(onFirst: () => void): Interruption {
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
      onFirst();
      request.abort(new InterruptedError());
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return { requested, forced, signal };
}

/**
 * The outcome of work that may be left where it is when an end is requested.
 * @throws {InterruptedError} when it is requested before the work is done
 */
export function unlessInterrupted<T>(work: Promise<T>, { requested }: Interruption): Promise<T> {
  return Promise.race([
    work,
    requested.then(() => {
      throw new InterruptedError();
    }),
  ]);
}
