/**
 * The storage did not give what was asked for. It has the code of the system error that a file would give in
 * its place, so that whoever reads originals handles both alike: `ENOENT`, `EACCES`, `ESTALE` when an object
 * was replaced, `ETIMEDOUT` and other codes of networks, `EREMOTEIO` for faults of the storage itself.
 *
 * It has no cause: the answers of some servers, and what a client says of a signature, contain credentials.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: string;
  readonly syscall = 'request';
  /** What is wrong and what to do, for people: it continues a sentence that begins with the place. */
  readonly problem: string;
  constructor(code: string, problem: string) {
    super(problem);
    this.code = code;
    this.problem = problem;
  }
}
