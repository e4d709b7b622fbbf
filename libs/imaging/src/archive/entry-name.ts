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

/**
 * The name of an entry as text: a Unicode path field that fits the name, else UTF-8 where it is said
 * or the bytes are valid, else CP437. Separators are `/`.
 */
export function decodeEntryName(
  flags: number,
  raw: Buffer,
  extraFields: readonly ExtraField[],
): string {
  const assumed = isUtf8(raw) ? flags | UTF8_FLAG : flags;
  return getFileNameLowLevel(assumed, raw, extraFields, false);
}

/**
 * A label no part of which can lead anywhere: empty, `.` and `..` parts are left out, control
 * characters replaced. Nothing is extracted, so a label need not be unique.
 */
export function toEntryLabel(name: string, index: number): string {
  const parts = name.split('/').filter((part) => !['', '.', '..'].includes(part));
  const label = parts.join('/').replaceAll(/\p{Cc}/gu, '\ufffd');
  return label === '' ? `entry-${index}` : label;
}
