import { crc32, deflateSync } from 'node:zlib';

export interface PngOptions {
  readonly widthPx: number;
  readonly heightPx: number;
  /** 3 for RGB, 4 for RGBA. */
  readonly pixelBytes: 3 | 4;
  /** Filter type of a row; 0 to 4 exist. */
  readonly toFilter: (row: number) => number;
  /** Size of each IDAT chunk; without it there is one chunk. */
  readonly idatBytes?: number;
  /** Chunks before IDAT. */
  readonly chunks?: readonly Buffer[];
  /** Appended to the rows, as a faulty encoder might. */
  readonly surplus?: Buffer;
}

/** A PNG of the given pixels, with any filter for every row. */
export function makePng(pixels: Uint8Array, options: PngOptions): Buffer {
  const { widthPx, heightPx, pixelBytes } = options;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header[8] = 8;
  header[9] = pixelBytes === 3 ? 2 : 6;
  const rows = Buffer.concat([filterRows(pixels, options), options.surplus ?? Buffer.alloc(0)]);
  const packed = deflateSync(rows, { level: 1 });
  const step = options.idatBytes ?? packed.length;
  const idat: Buffer[] = [];
  for (let at = 0; at < packed.length; at += step) {
    idat.push(pngChunk('IDAT', packed.subarray(at, at + step)));
  }
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    ...(options.chunks ?? []),
    ...idat,
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A chunk: length, type, data, CRC. */
export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}

function filterRows(pixels: Uint8Array, options: PngOptions): Buffer {
  const { widthPx, heightPx, pixelBytes, toFilter } = options;
  const rowBytes = widthPx * pixelBytes;
  const rows = Buffer.alloc(heightPx * (rowBytes + 1));
  const at = (x: number, y: number) => (x < 0 || y < 0 ? 0 : (pixels[y * rowBytes + x] ?? 0));
  for (let y = 0; y < heightPx; y++) {
    const start = y * (rowBytes + 1);
    const filter = toFilter(y);
    rows[start] = filter;
    for (let x = 0; x < rowBytes; x++) {
      const left = at(x - pixelBytes, y);
      const upperLeft = x < pixelBytes ? 0 : at(x - pixelBytes, y - 1);
      rows[start + 1 + x] = at(x, y) - predict(filter, left, at(x, y - 1), upperLeft);
    }
  }
  return rows;
}

function predict(filter: number, left: number, upper: number, upperLeft: number): number {
  if (filter === 1) return left;
  if (filter === 2) return upper;
  if (filter === 3) return (left + upper) >> 1;
  return filter === 4 ? paeth(left, upper, upperLeft) : 0;
}

function paeth(left: number, upper: number, upperLeft: number): number {
  const estimate = left + upper - upperLeft;
  const toLeft = Math.abs(estimate - left);
  const toUpper = Math.abs(estimate - upper);
  const toUpperLeft = Math.abs(estimate - upperLeft);
  if (toLeft <= toUpper && toLeft <= toUpperLeft) return left;
  return toUpper <= toUpperLeft ? upper : upperLeft;
}
