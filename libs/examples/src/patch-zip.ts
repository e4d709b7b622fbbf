/**
 * False statements that an archive can make about an entry, for testing how a reader handles them.
 */
export interface EntryPatch {
  /** Sets only the flag: the bytes are not encrypted. */
  readonly encrypted?: boolean;
  /** Number of a compression method, for instance 12 for bzip2. */
  readonly method?: number;
  /** A checksum that does not match the bytes. */
  readonly crc32?: number;
}

/** Offsets of the fields, in the header before an entry and in the central directory. */
const local = { flags: 6, method: 8, crc32: 14 };
const central = { flags: 8, method: 10, crc32: 16 };
const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const ENCRYPTED = 1;

/**
 * Changes both headers of entries, in place.
 *
 * @param archive without ZIP64 records and comment, with as many entries as there are patches
 * @throws {RangeError} where the archive has another structure
 */
export function patchEntries(archive: Buffer, patches: readonly EntryPatch[]): Buffer {
  if (patches.every(isEmpty)) return archive;
  let directory = archive.readUInt32LE(archive.length - END_BYTES + 16);
  for (const patch of patches) {
    if (directory > archive.length || archive.readUInt32LE(directory) !== CENTRAL_SIGNATURE) {
      throw new RangeError('only entries of a plain archive can be patched, not of ZIP64');
    }
    apply(archive, directory, central, patch);
    apply(archive, archive.readUInt32LE(directory + 42), local, patch);
    directory += CENTRAL_BYTES + variableBytes(archive, directory);
  }
  return archive;
}

function isEmpty({ encrypted, method, crc32 }: EntryPatch): boolean {
  return encrypted !== true && method === undefined && crc32 === undefined;
}

/** Name, extra field and comment follow the fixed part. */
function variableBytes(archive: Buffer, directory: number): number {
  return [28, 30, 32].reduce((sum, at) => sum + archive.readUInt16LE(directory + at), 0);
}

function apply(archive: Buffer, header: number, fields: typeof local, patch: EntryPatch): void {
  if (patch.encrypted === true) {
    archive.writeUInt16LE(
      archive.readUInt16LE(header + fields.flags) | ENCRYPTED,
      header + fields.flags,
    );
  }
  if (patch.method !== undefined) archive.writeUInt16LE(patch.method, header + fields.method);
  if (patch.crc32 !== undefined) archive.writeUInt32LE(patch.crc32, header + fields.crc32);
}
