/** A download that failed. The received part is kept for the next attempt. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
}
