/** One file in an archive, as the central directory describes it. */
export interface ArchiveEntry {
  /** Position in the central directory: the identity of an entry, for names may repeat. */
  readonly index: number;
  /** A label: a relative path with `/`, safe to show and to store, never a place on a disk. */
  readonly name: string;
  /** Compression method: 0 stored, 8 deflated, others cannot be read. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
  readonly localHeaderOffset: number;
  /**
   * Modification time in milliseconds since 1970. Archives without the extended timestamp hold the time of
   * an unknown zone, to two seconds: it is taken for UTC.
   */
  readonly modifiedMs: number;
}

export interface ExtraField {
  readonly id: number;
  readonly data: Buffer;
}
