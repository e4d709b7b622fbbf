/** One file in an archive, as the central directory describes it. */
export interface ArchiveEntry {
  /** Position in the central directory: the identity of an entry, for names may repeat. */
  readonly index: number;
  /** A label for people: a relative path with `/`. It is safe to show and store, but not a path on a disk. */
  readonly name: string;
  /** Compression method: 0 stored, 8 deflated, others cannot be read. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
  readonly localHeaderOffset: number;
  /**
   * Modification time in milliseconds since 1970. Without the extended timestamp, an archive holds the local
   * time of an unknown zone, in steps of two seconds. It is read as UTC.
   */
  readonly modifiedMs: number;
}

export interface ExtraField {
  readonly id: number;
  readonly data: Buffer;
}
