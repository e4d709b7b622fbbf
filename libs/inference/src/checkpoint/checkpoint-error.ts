/** A weights file cannot be read: damaged, hostile, or of a kind that is not supported. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly path: string;
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options);
    this.path = path;
  }
}

/**
 * What is wrong inside a file whose path is not known here. Rethrown as a {@link CheckpointError}.
 */
export class MalformedCheckpoint extends Error {
  override readonly name = 'MalformedCheckpoint';
}
