import { crc32 } from 'node:zlib';
import type { EmbeddingOrigin } from '@cullstream/contracts';
import type { ImageAlias } from './image-alias.js';

/** One line of `processed_images.jsonl` as Cullstream writes it: an alias, and the content it names. */
export interface IndexLine {
  readonly alias: ImageAlias;
  readonly sha256: string;
  readonly recipeId: string;
  /** Size as Pillow reports it: EXIF rotation is not applied. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly run: string;
  readonly origin: EmbeddingOrigin;
  /** With `/`, from the folder that holds the data folder: the older tool's convention. */
  readonly embeddingFile: string;
  /** Which of the vectors in that file it is, from 0; undefined for a file that holds only one. */
  readonly vectorRow?: number | undefined;
  /** See `toVectorChecksum`; undefined in a line that was written before lines had checksums. */
  readonly vectorCrc32: number | undefined;
}

/** One line of the older tool: a vector keyed by its image's path, its recipe unknown. */
export interface LegacyLine {
  readonly imagePath: string;
  readonly embeddingFile: string;
}

const origins: readonly EmbeddingOrigin[] = ['computed', 'cached', 'legacy'];

/** The beginning of every line, of both tools. */
const LINE_START = '{"image_path"';

const CHECKSUM_KEY = 'line_crc32';
/** The end of a line with checksums: the CRC-32 of all that precedes it, in eight hex digits. */
const LINE_END = new RegExp(`,"${CHECKSUM_KEY}":"([0-9a-f]{8})"\\}$`);
const LINE_END_LENGTH = `,"${CHECKSUM_KEY}":"01234567"}`.length;

/** The keys of a line without checksums. Any other key is the result of damage. */
const uncheckedKeys = new Set([
  ...['image_path', 'embedding_file', 'hash', 'sha256', 'recipe', 'width', 'height'],
  ...['project', 'entry', 'size', 'crc32', 'modified_ms', 'run', 'origin'],
]);
/** Keys that the older tool does not write. */
const ownKeys = ['sha256', 'recipe', 'vector_row', 'vector_crc32', CHECKSUM_KEY];

/** The line, with its line feed. The first three keys are the older tool's. */
export function encodeIndexLine(line: IndexLine): string {
  const { alias, vectorRow, vectorCrc32 } = line;
  const fields = {
    image_path: `${alias.project}/${alias.entry}`,
    embedding_file: line.embeddingFile,
    hash: line.sha256.slice(0, 16),
    sha256: line.sha256,
    recipe: line.recipeId,
    width: line.widthPx,
    height: line.heightPx,
    project: alias.project,
    entry: alias.entry,
    size: alias.size,
    ...('crc32' in alias ? { crc32: alias.crc32 } : { modified_ms: alias.modifiedMs }),
    run: line.run,
    origin: line.origin,
    ...(vectorRow === undefined ? {} : { vector_row: vectorRow }),
  };
  if (vectorCrc32 === undefined) return `${JSON.stringify(fields)}\n`;
  const checked = JSON.stringify({ ...fields, vector_crc32: vectorCrc32 }).slice(0, -1);
  return `${checked},"${CHECKSUM_KEY}":"${toHex(crc32(checked))}"}\n`;
}

/** Whether a text is a line whose own checksum is right. */
export function hasValidChecksum(text: string): boolean {
  const start = text.length - LINE_END_LENGTH;
  const found = LINE_END.exec(start > 0 ? text.slice(start) : '');
  return found !== null && found[1] === toHex(crc32(text.slice(0, start)));
}

/** Whether a text contains the keys of checksums, even if its end is damaged. */
export function hasChecksum(text: string): boolean {
  return text.includes('"vector_crc32"') || text.includes(`"${CHECKSUM_KEY}"`);
}

/**
 * Splits a text in which a process was killed while it wrote a line and another one appended a complete
 * line behind it. The first part is empty if there is only one line.
 */
export function splitTornLine(text: string): readonly [before: string, line: string] {
  const start = Math.max(0, text.lastIndexOf(LINE_START));
  return [text.slice(0, start), text.slice(start)];
}

/**
 * Parses a line of either tool; undefined if it is incomplete, damaged or of neither.
 * @param isSound the result of {@link hasValidChecksum} for the text, if it is known
 */
export function parseIndexLine(
  text: string,
  isSound = hasValidChecksum(text),
): IndexLine | LegacyLine | undefined {
  const fields = parseObject(text);
  if (fields === undefined) return undefined;
  if (ownKeys.every((key) => !(key in fields))) return toLegacyLine(fields);
  const line = toIndexLine(fields);
  if (line === undefined || isSound) return line;
  return agrees(line, fields) ? line : undefined;
}

export function isLegacyLine(line: IndexLine | LegacyLine): line is LegacyLine {
  return !('recipeId' in line);
}

type Fields = Readonly<Record<string, unknown>>;

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    const [before, line] = splitTornLine(text);
    return before === '' ? undefined : parseObject(line);
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether the values of a line are right: by its checksum, also if another program has written the same
 * values in another form, else by whether they agree with each other.
 */
function agrees(line: IndexLine, fields: Fields): boolean {
  const { alias, sha256, embeddingFile, vectorCrc32 } = line;
  const hash = sha256.slice(0, 16);
  if (fields['hash'] !== hash || fields['image_path'] !== `${alias.project}/${alias.entry}`) {
    return false;
  }
  if (vectorCrc32 === undefined) {
    const hasNoOtherKey = Object.keys(fields).every((key) => uncheckedKeys.has(key));
    return hasNoOtherKey && embeddingFile.endsWith(`/${hash}.npy`);
  }
  return LINE_END.exec(encodeIndexLine(line).trimEnd())?.[1] === fields[CHECKSUM_KEY];
}

function toLegacyLine(fields: Fields): LegacyLine | undefined {
  const { image_path: imagePath, embedding_file: embeddingFile } = fields;
  if (typeof imagePath !== 'string' || typeof embeddingFile !== 'string') return undefined;
  return { imagePath, embeddingFile };
}

function toIndexLine(fields: Fields): IndexLine | undefined {
  const { sha256, recipe, run, width, height, embedding_file: embeddingFile } = fields;
  const { vector_row: vectorRow, vector_crc32: vectorCrc32 } = fields;
  const alias = toAlias(fields);
  const origin = origins.find((known) => known === fields['origin']);
  if (alias === undefined || origin === undefined || typeof embeddingFile !== 'string') {
    return undefined;
  }
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
  if (typeof recipe !== 'string' || typeof run !== 'string') return undefined;
  if (!isCount(width) || !isCount(height) || width === 0 || height === 0) return undefined;
  if (vectorCrc32 !== undefined && !isCount(vectorCrc32)) return undefined;
  if (vectorRow !== undefined && !isCount(vectorRow)) return undefined;
  return {
    alias,
    sha256,
    recipeId: recipe,
    widthPx: width,
    heightPx: height,
    run,
    origin,
    embeddingFile,
    ...(vectorRow === undefined ? {} : { vectorRow }),
    vectorCrc32,
  };
}

function toAlias(fields: Fields): ImageAlias | undefined {
  const { project, entry, size, crc32: crc, modified_ms: modifiedMs } = fields;
  if (typeof project !== 'string' || typeof entry !== 'string' || !isCount(size)) return undefined;
  if (isCount(crc)) return { project, entry, size, crc32: crc };
  if (typeof modifiedMs === 'number') return { project, entry, size, modifiedMs };
  return undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function toHex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}
