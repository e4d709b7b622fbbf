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
/** No path on a disk is longer. A zip may say up to 65,535 bytes, and every message carries the name. */
const MAX_LABEL_LENGTH = 4096;

/**
 * The name of an entry as text: a Unicode path field that fits the name, else UTF-8 where it is said
 * or the bytes are valid, else CP437. Separators are `/`. A NUL ends it, as it does for unzip and
 * Python: some programs write names with the NUL behind them, or into fields of a fixed length.
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
 * A label no part of which can lead anywhere: empty, `.` and `..` parts are left out, control
 * characters replaced, and of one that is too long the end is kept. Nothing is extracted, so a label
 * need not be unique.
 */
export function toEntryLabel(name: string, index: number): string {
  const parts = name.split('/').filter((part) => !['', '.', '..'].includes(part));
  const label = parts.join('/').replaceAll(/\p{Cc}/gu, '\ufffd');
  if (label === '') return `entry-${index}`;
  return label.slice(-MAX_LABEL_LENGTH).replace(/^\p{Cs}/u, '');
}
