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
}

/** One line of the older tool: a vector keyed by its image's path, its recipe unknown. */
export interface LegacyLine {
  readonly imagePath: string;
  readonly embeddingFile: string;
}

const origins: readonly EmbeddingOrigin[] = ['computed', 'cached', 'legacy'];

/** How every line begins, of either tool. */
const LINE_START = '{"image_path"';

/** The line, with its line feed. The first three keys are the older tool's. */
export function encodeIndexLine(line: IndexLine): string {
  const { alias } = line;
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
  };
  return `${JSON.stringify(fields)}\n`;
}

/** A line of either tool, or undefined for what is torn or of neither. */
export function parseIndexLine(text: string): IndexLine | LegacyLine | undefined {
  const fields = parseObject(text);
  if (fields === undefined) return undefined;
  return 'recipe' in fields ? toIndexLine(fields) : toLegacyLine(fields);
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
    return afterTornStart(text);
  }
}

/** A process that died in mid-line leaves its piece in front of the next process's whole line. */
function afterTornStart(text: string): Fields | undefined {
  const start = text.lastIndexOf(LINE_START);
  return start > 0 ? parseObject(text.slice(start)) : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toLegacyLine(fields: Fields): LegacyLine | undefined {
  const { image_path: imagePath, embedding_file: embeddingFile } = fields;
  if (typeof imagePath !== 'string' || typeof embeddingFile !== 'string') return undefined;
  return { imagePath, embeddingFile };
}

function toIndexLine(fields: Fields): IndexLine | undefined {
  const { sha256, recipe, run, width, height, embedding_file: embeddingFile } = fields;
  const alias = toAlias(fields);
  const origin = origins.find((known) => known === fields['origin']);
  if (alias === undefined || origin === undefined || typeof embeddingFile !== 'string') {
    return undefined;
  }
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
  if (typeof recipe !== 'string' || typeof run !== 'string') return undefined;
  if (!isCount(width) || !isCount(height) || width === 0 || height === 0) return undefined;
  return {
    alias,
    sha256,
    recipeId: recipe,
    widthPx: width,
    heightPx: height,
    run,
    origin,
    embeddingFile,
  };
}

function toAlias(fields: Fields): ImageAlias | undefined {
  const { project, entry, size, crc32, modified_ms: modifiedMs } = fields;
  if (typeof project !== 'string' || typeof entry !== 'string' || !isCount(size)) return undefined;
  if (isCount(crc32)) return { project, entry, size, crc32 };
  if (typeof modifiedMs === 'number') return { project, entry, size, modifiedMs };
  return undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
