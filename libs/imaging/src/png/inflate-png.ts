import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import type { PlainPng } from './scan-png.js';

const inflateAsync = promisify(inflate);

/**
 * The filtered rows of a plain PNG: [heightPx][1 + widthPx * pixelBytes]. Undefined when they are not
 * exactly what the header announces.
 */
export async function inflatePng(png: PlainPng): Promise<Buffer | undefined> {
  const expected = png.heightPx * (1 + png.widthPx * png.pixelBytes);
  const [first] = png.idat;
  const packed = png.idat.length === 1 && first !== undefined ? first : Buffer.concat(png.idat);
  try {
    const rows = await inflateAsync(packed, {
      maxOutputLength: expected,
      // One piece of memory for all, and room to spare: a piece that is just full asks for another.
      chunkSize: expected + 64,
    });
    return rows.length === expected ? rows : undefined;
  } catch {
    // Whatever is wrong with the stream, libpng shall say what it means.
    return undefined;
  }
}
