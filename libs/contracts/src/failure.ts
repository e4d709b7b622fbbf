/** Why an image failed for good. Stored in databases and shown to users: stable, in kebab case. */
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

/**
 * Reasons that may mean that the whole source is missing, for example a disk that was unplugged.
 */
export const sourceFailureReasons: ReadonlySet<FailureReason> = new Set([
  'crc-mismatch',
  'file-missing',
  'source-changed',
  'unreadable-entry',
]);

/** Permanent: trying again with the same input cannot succeed. One image or message has failed. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
  readonly reason: FailureReason;
  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * Transient: the same input may succeed later (I/O, broker unreachable, disk full). Never counted
 * as done.
 */
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
