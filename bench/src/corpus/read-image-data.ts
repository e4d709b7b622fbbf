const SIGNATURE_BYTES = 8;
/** Length and type before a chunk's data, CRC behind it. */
const CHUNK_OVERHEAD_BYTES = 12;

/** The zlib stream of a PNG, from its IDAT chunks. */
export function readImageData(png: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = SIGNATURE_BYTES; at < png.length;) {
    const end = at + CHUNK_OVERHEAD_BYTES + png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      pieces.push(png.subarray(at + 8, end - 4));
    at = end;
  }
  return Buffer.concat(pieces);
}
