import { isUtf8 } from 'node:buffer';
import { getFileNameLowLevel } from 'yauzl';
import type { ExtraField } from './archive-entry.js';

declare module 'yauzl' {
  function getFileNameLowLevel(
    generalPurposeBitFlag: number,
    fileName: Buffer,
    extraFields: readonly ExtraField[],
    strictFileNames: boolean,
  ): string;
}

const UTF8_FLAG = 0x800;
/** Paths on disks are not longer. A zip allows 65,535 bytes, and every message carries the name. */
const MAX_LABEL_LENGTH = 4096;

/**
 * The name of an entry as text: a Unicode path field that belongs to the name, else UTF-8 if it is flagged or
 * the bytes are valid, else CP437. Separators are `/`. A NUL ends the name, as for unzip and Python: some
 * programs write a NUL behind names, or names into fields of a fixed length.
 */
export function decodeEntryName(
  flags: number,
  raw: Buffer,
  extraFields: readonly ExtraField[],
): string {
  const assumed = isUtf8(raw) ? flags | UTF8_FLAG : flags;
  const name = getFileNameLowLevel(assumed, raw, extraFields, false);
  const end = name.indexOf('\0');
  return end < 0 ? name : name.slice(0, end);
}

/**
 * A label that cannot be used as a path elsewhere: empty, `.` and `..` parts are left out, control characters
 * are replaced, and only the end of a long name is kept. Nothing is extracted, so labels need not be unique.
 */
export function toEntryLabel(name: string, index: number): string {
  const parts = name.split('/').filter((part) => !['', '.', '..'].includes(part));
  const label = parts.join('/').replaceAll(/\p{Cc}/gu, '\ufffd');
  if (label === '') return `entry-${index}`;
  return label.slice(-MAX_LABEL_LENGTH).replace(/^\p{Cs}/u, '');
}
