/** Ends work early: the first request lets it finish what has begun, the second one ends it at once. */
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

const never = new Promise<never>(() => undefined);

/** For work that nobody asks to end. */
export const neverInterrupted: Interruption = {
  requested: never,
  forced: never,
  signal: new AbortController().signal,
};
