import { isUtf8 } from 'node:buffer';

/** File names on Linux are bytes. Bytes that are not UTF-8 are added to this, like Python's surrogateescape. */
const ESCAPE = 0xdc00;
const ESCAPED = /[\udc80-\udcff]/gu;
const MAX_SEQUENCE_BYTES = 4;

/**
 * A file name as text that {@link toDiskPath} converts back to the same bytes. It can be stored in JSON, which
 * escapes lone surrogates.
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

/** The path for system calls, from names of {@link toPathText}. */
export function toDiskPath(path: string): string | Buffer {
  if (path.search(ESCAPED) < 0) return path;
  const parts = Array.from(path, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const isEscape = code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff;
    return isEscape ? Buffer.from([code - ESCAPE]) : Buffer.from(character);
  });
  return Buffer.concat(parts);
}

/** A readable name: bytes that are not UTF-8 are read as Latin-1, the most likely older encoding. */
export function readableName(text: string): string {
  return text.replace(ESCAPED, (escaped) => {
    const character = String.fromCharCode(escaped.charCodeAt(0) - ESCAPE);
    return /\p{Cc}/u.test(character) ? '\ufffd' : character;
  });
}

/** Length of the UTF-8 sequence that begins at `at`; 0 if none does. */
function sequenceLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= MAX_SEQUENCE_BYTES && at + length <= bytes.length; length++) {
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}
