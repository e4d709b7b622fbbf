/** An archive or folder cannot be listed: its project fails, others continue. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  /** The archive or folder, as it was given. */
  readonly path: string;
  constructor(path: string, message: string, options?: ErrorOptions) {
    super(`${path}: ${message}`, options);
    this.path = path;
  }
}
