/** How a process ended, and what it had said before. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it said last when it could not go on. */
  readonly reasons: readonly string[];
  /** Lines that are none of its log: what the runtime or a library says when it breaks down. */
  readonly rawLines: readonly string[];
}

const signals: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGABRT: 'it broke down',
  SIGBUS: 'it broke down: a file it had open became shorter, or the disk failed',
  SIGFPE: 'it broke down',
  SIGILL: 'it broke down: this processor lacks what a library needs',
  SIGKILL: 'it was killed, perhaps by the system for want of memory',
  SIGSEGV: 'it broke down',
};

/** Why a process ended, in words. */
export function describeProcessEnd({ code, signal, reasons, rawLines }: ProcessEnd): string {
  const reason = reasons.at(-1);
  if (reason !== undefined) return reason;
  const how = signal === null ? `code ${String(code)}` : `signal ${signal}`;
  if (rawLines.some((line) => /heap out of memory|bad_alloc/.test(line))) {
    return `it ran out of memory (${how})`;
  }
  const meaning = signal === null ? undefined : signals[signal];
  if (meaning !== undefined) return `${meaning} (${signal ?? ''})`;
  const said = rawLines.flatMap((line) => /^(?:\w*Error|node): (.+)/.exec(line)?.[1] ?? [])[0];
  return `it ended with ${how}${said === undefined ? '' : `, and said: ${said}`}`;
}
