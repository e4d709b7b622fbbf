import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of a zip for a test; everything that is left out is as in a valid archive. */
export interface ZipMember {
  readonly name: string | Buffer;
  readonly data?: Buffer;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly packedSize?: number;
  /** Modification time and date as MS-DOS counts them. */
  readonly dosTime?: number;
  readonly dosDate?: number;
  /** Raw extra fields of the central header and of the local one. */
  readonly extra?: Buffer;
  readonly localExtra?: Buffer;
}

export interface ZipOptions {
  /** Ends in ZIP64 records. */
  readonly zip64?: boolean;
  /** Written like macOS: with data descriptors, extra records, and a count that wraps at 65,536. */
  readonly macos?: boolean;
  readonly comment?: string | Buffer;
  /** Bytes between the directory and its end record. */
  readonly gap?: Buffer;
}

const DEFLATED = 8;
const MACOS_VERSION = 789;
const MACOS_EXTRA_ID = 22_613;

/** Makes a zip archive byte by byte, so that tests can produce invalid ones. */
export function makeZip(members: readonly ZipMember[], options: ZipOptions = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { local, central } = makeMember(member, offset, options.macos === true);
    parts.push(local);
    directory.push(central);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = makeEnd(members.length, central.length, offset, options);
  return Buffer.concat([...parts, central, options.gap ?? Buffer.alloc(0), end]);
}

function makeMember(
  member: ZipMember,
  offset: number,
  isMacos: boolean,
): { local: Buffer; central: Buffer } {
  const name = Buffer.from(member.name);
  const data = member.data ?? Buffer.alloc(0);
  const method = member.method ?? DEFLATED;
  const packed = method === DEFLATED ? deflateRawSync(data) : data;
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(member.flags ?? (isMacos ? 8 : 0), 2);
  fields.writeUInt16LE(method, 4);
  fields.writeUInt16LE(member.dosTime ?? 0, 6);
  fields.writeUInt16LE(member.dosDate ?? 0, 8);
  fields.writeUInt32LE(member.crc ?? crc32(data), 10);
  fields.writeUInt32LE(member.packedSize ?? packed.length, 14);
  fields.writeUInt32LE(member.size ?? data.length, 18);
  fields.writeUInt16LE(name.length, 22);
  const localExtra = member.localExtra ?? (isMacos ? macosExtra(12) : Buffer.alloc(0));
  const extra = member.extra ?? (isMacos ? macosExtra(8) : Buffer.alloc(0));
  return {
    local: Buffer.concat([
      Buffer.from('PK\x03\x04', 'latin1'),
      withUInt16(fields, localExtra.length, 24),
      name,
      localExtra,
      packed,
      isMacos ? descriptor(fields) : Buffer.alloc(0),
    ]),
    central: Buffer.concat([
      Buffer.from('PK\x01\x02', 'latin1'),
      uint16(isMacos ? MACOS_VERSION : 20),
      withUInt16(fields, extra.length, 24),
      Buffer.alloc(10),
      uint32(offset),
      name,
      extra,
    ]),
  };
}

function makeEnd(count: number, size: number, offset: number, options: ZipOptions): Buffer {
  const comment = Buffer.from(options.comment ?? '');
  const isZip64 = options.zip64 === true;
  const shortCount = isZip64 ? 0xffff : count & 0xffff;
  return Buffer.concat([
    isZip64 ? zip64End(count, size, offset) : Buffer.alloc(0),
    Buffer.from('PK\x05\x06\0\0\0\0', 'latin1'),
    uint16(shortCount),
    uint16(shortCount),
    uint32(isZip64 ? 0xffffffff : size),
    uint32(isZip64 ? 0xffffffff : offset),
    uint16(comment.length),
    comment,
  ]);
}

function zip64End(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06', 0, 'latin1');
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 0, 'latin1');
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}

function descriptor(fields: Buffer): Buffer {
  return Buffer.concat([Buffer.from('PK\x07\x08', 'latin1'), fields.subarray(10, 22)]);
}

function macosExtra(length: number): Buffer {
  return Buffer.concat([uint16(MACOS_EXTRA_ID), uint16(length), Buffer.alloc(length)]);
}

/** An extra field: id, length, data. */
export function extraField(id: number, data: Buffer): Buffer {
  return Buffer.concat([uint16(id), uint16(data.length), data]);
}

function withUInt16(fields: Buffer, value: number, at: number): Buffer {
  const copy = Buffer.from(fields);
  copy.writeUInt16LE(value, at);
  return copy;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
