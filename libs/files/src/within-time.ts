/** A drive that sleeps answers in seconds, a busy one in tens of them: what takes longer is away. */
export const ANSWER_WITHIN_MS = 60_000;
/** A clock of so many ticks: a process that was stopped, or a laptop asleep, counts none meanwhile. */
const TICKS = 30;

/**
 * The system has not answered a call, and perhaps never will. What waits in the system cannot be ended:
 * its thread stays taken until the process ends.
 */
export class HungCallError extends Error {
  override readonly name = 'HungCallError';
  readonly path: string;
  constructor(path: string, limitMs: number) {
    const seconds = Math.round(limitMs / 100) / 10;
    super(
      `${path}: the system has not answered for ${seconds} s; is its drive or network folder still there?`,
    );
    this.path = path;
  }
}

/** Whether an error is, or was caused by, a call that the system does not answer. */
export function isHungCall(error: unknown): boolean {
  if (error instanceof HungCallError) return true;
  return error instanceof Error && error.cause !== undefined && isHungCall(error.cause);
}

/**
 * The outcome of calls of the system, where it comes in time.
 * @param path what they are about
 * @throws {HungCallError} when it does not
 */
export async function withinTime<T>(
  calls: Promise<T>,
  path: string,
  limitMs = ANSWER_WITHIN_MS,
): Promise<T> {
  let clock: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    let ticks = 0;
    clock = setInterval(() => {
      ticks += 1;
      if (ticks >= TICKS) reject(new HungCallError(path, limitMs));
    }, limitMs / TICKS);
  });
  try {
    return await Promise.race([calls, overdue]);
  } finally {
    clearInterval(clock);
  }
}
