/**
 * A sleeping drive answers in seconds, a busy one in tens of seconds: a slower one counts as
 * missing.
 */
export const ANSWER_WITHIN_MS = 60_000;
/**
 * Time is counted in ticks, so that the time a process was suspended, or a laptop asleep, is not
 * counted.
 */
const TICKS = 30;

/**
 * The system has not answered a call and may never do so. A waiting system call cannot be
 * cancelled: its thread is blocked until the process ends.
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

/** Whether an error is, or was caused by, a system call that was not answered in time. */
export function isHungCall(error: unknown): boolean {
  if (error instanceof HungCallError) return true;
  return error instanceof Error && error.cause !== undefined && isHungCall(error.cause);
}

/**
 * The result of system calls, if it comes in time.
 * @param path the file or folder that the calls access
 * @throws {HungCallError} if it does not come in time
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
