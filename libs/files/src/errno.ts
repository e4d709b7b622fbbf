/**
 * The system's code for an error of a file or process, for instance `ENOENT`; undefined for others.
 */
export function toErrno(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether the error has one of these codes: `isErrno(error, 'ENOENT', 'ENOTDIR')`. */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  const code = toErrno(error);
  return code !== undefined && codes.includes(code);
}
