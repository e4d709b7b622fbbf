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
}

export interface ExtraField {
  readonly id: number;
  readonly data: Buffer;
}
