/** Why an image failed for good. Kept in databases and shown to people: stable, in kebab case. */
export const failureReasons = [
  'crc-mismatch',
  'decode-timeout',
  'empty-file',
  'encrypted-entry',
  'event-too-large',
  'file-missing',
  'image-too-large',
  'image-truncated',
  'image-undecodable',
  'not-an-image',
  'source-changed',
  'unreadable-entry',
  'unsupported-compression',
  'vector-not-finite',
  'unexpected-error',
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** Why images fail whose source may be away as a whole, as a disk is that was unplugged. */
export const sourceFailureReasons: ReadonlySet<FailureReason> = new Set([
  'crc-mismatch',
  'file-missing',
  'source-changed',
  'unreadable-entry',
]);

/** Final: trying again with the same input cannot succeed. One image or message is given up. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
  readonly reason: FailureReason;
  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** Passing: the same input may succeed later (I/O, broker away, disk full). Never counted as done. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  readonly retryAfterMs: number | undefined;
  constructor(message: string, options?: ErrorOptions & { retryAfterMs?: number }) {
    super(message, options);
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** Wrong usage or configuration: nothing was started. Carries every problem found. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}
