import { crc32 } from 'node:zlib';

const PNG_HEADER_END = 8 + 25;
const JPEG_START_BYTES = 2;

/** The same image with a line of text in its file: different bytes, the same pixels. */
export function withNote(image: Buffer, format: 'png' | 'jpeg', text: string): Buffer {
  const at = format === 'png' ? PNG_HEADER_END : JPEG_START_BYTES;
  const note = format === 'png' ? pngText(text) : jpegComment(text);
  return Buffer.concat([image.subarray(0, at), note, image.subarray(at)]);
}

/** A `tEXt` chunk: length, type, keyword and text, CRC-32 (PNG specification, 11.3.3.2). */
function pngText(text: string): Buffer {
  const typed = Buffer.from(`tEXtComment\0${text}`, 'latin1');
  const chunk = Buffer.alloc(typed.length + 8);
  chunk.writeUInt32BE(typed.length - 4, 0);
  typed.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(typed), typed.length + 4);
  return chunk;
}

/** A COM segment: marker, length with its own two bytes, text (ISO 10918-1, B.2.4.5). */
function jpegComment(text: string): Buffer {
  const segment = Buffer.alloc(4 + Buffer.byteLength(text, 'latin1'));
  segment.writeUInt16BE(0xff_fe, 0);
  segment.writeUInt16BE(segment.length - 2, 2);
  segment.write(text, 4, 'latin1');
  return segment;
}
