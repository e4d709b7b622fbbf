import { isUtf8 } from 'node:buffer';

/** File names are bytes on Linux. A byte that is no UTF-8 is this and the byte: Python's surrogateescape. */
const ESCAPE = 0xdc00;
const ESCAPED = /[\udc80-\udcff]/gu;
const MAX_SEQUENCE_BYTES = 4;

/**
 * A file name as text that {@link toDiskPath} takes back to the same bytes. It survives JSON, whose
 * writer escapes what is no character.
 */
export function toPathText(name: Buffer): string {
  if (isUtf8(name)) return name.toString('utf8');
  let text = '';
  let at = 0;
  while (at < name.length) {
    const length = sequenceLength(name, at);
    text +=
      length === 0
        ? String.fromCharCode(ESCAPE + (name[at] ?? 0))
        : name.toString('utf8', at, at + length);
    at += Math.max(1, length);
  }
  return text;
}

/** What system calls take for a path made of {@link toPathText}'s names. */
export function toDiskPath(path: string): string | Buffer {
  if (path.search(ESCAPED) < 0) return path;
  const parts = Array.from(path, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const isEscape = code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff;
    return isEscape ? Buffer.from([code - ESCAPE]) : Buffer.from(character);
  });
  return Buffer.concat(parts);
}

/** A name as people can read it: what is no UTF-8 as Latin-1, the likeliest of older encodings. */
export function readableName(text: string): string {
  return text.replace(ESCAPED, (escaped) => {
    const character = String.fromCharCode(escaped.charCodeAt(0) - ESCAPE);
    return /\p{Cc}/u.test(character) ? '\ufffd' : character;
  });
}

/** Bytes of the UTF-8 sequence that begins there, 0 where none does. */
function sequenceLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= MAX_SEQUENCE_BYTES && at + length <= bytes.length; length++) {
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}
