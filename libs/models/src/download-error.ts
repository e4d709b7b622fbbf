/** A download that did not succeed; what was received stays for the next attempt. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
}
