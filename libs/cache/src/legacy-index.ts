import { toCachePaths, type CachePaths } from './cache-paths.js';
import { readLines } from './index-file.js';
import { isLegacyLine, parseIndexLine, type LegacyLine } from './index-line.js';
import { readVectorFile } from './vector-file.js';

export interface LegacyEmbedding {
  /** Absolute path of the vector's file. */
  readonly embeddingFile: string;
  /** The image's path as the older tool saw it. */
  readonly imagePath: string;
}

export interface LegacyIndex {
  /** How many different entries the older tool left. */
  readonly size: number;
  /**
   * The one entry whose image has that file name and stands somewhere below a folder with one of
   * the project's names. Undefined where there is none, where several match, and where the vector's
   * file is missing or no float32 [512]. Names are compared as text, however accents are encoded.
   *
   * @param projectNames names of the project: its id, its archive or folder without `.zip`
   * @param fileName the image's base name, or a path that ends in it
   * @throws {TransientError} where the vector's file is there and cannot be read
   */
  find(projectNames: readonly string[], fileName: string): LegacyEmbedding | undefined;
}

/**
 * Reads what the older tool left in `processed_images.jsonl`: lines without a recipe. Their vectors
 * are to be trusted only after `checkLegacy`.
 *
 * @throws {TransientError} where the index is there and cannot be read
 */
export function loadLegacyIndex(options: { readonly dataDir: string }): LegacyIndex {
  const paths = toCachePaths(options.dataDir);
  const byName = new Map<string, LegacyLine[]>();
  let size = 0;
  for (const line of readLegacyLines(paths)) {
    const name = toParts(line.imagePath).at(-1) ?? '';
    const same = byName.get(name);
    if (same?.some((known) => isSame(known, line))) continue;
    if (same === undefined) byName.set(name, [line]);
    else same.push(line);
    size += 1;
  }
  return {
    size,
    find: (projectNames, fileName) => {
      const names = new Set(projectNames.map((name) => name.normalize('NFC')));
      const candidates = byName.get(toParts(fileName).at(-1) ?? '') ?? [];
      const [match, ...others] = candidates.filter(({ imagePath }) =>
        toParts(imagePath)
          .slice(0, -1)
          .some((folder) => names.has(folder)),
      );
      return match === undefined || others.length > 0 ? undefined : toEmbedding(match, paths);
    },
  };
}

function* readLegacyLines(paths: CachePaths): Generator<LegacyLine> {
  for (const { text } of readLines(paths.indexFile)) {
    const line = text.includes('"recipe"') ? undefined : parseIndexLine(text);
    if (line !== undefined && isLegacyLine(line)) yield line;
  }
}

function isSame(a: LegacyLine, b: LegacyLine): boolean {
  return a.imagePath === b.imagePath && a.embeddingFile === b.embeddingFile;
}

function toEmbedding(line: LegacyLine, paths: CachePaths): LegacyEmbedding | undefined {
  const embeddingFile = paths.fromLineName(line.embeddingFile);
  if (embeddingFile === undefined) return undefined;
  if (readVectorFile(embeddingFile).state !== 'sound') return undefined;
  return { embeddingFile, imagePath: line.imagePath };
}

/** macOS spells accents in two code points where archives use one. */
function toParts(path: string): string[] {
  return path.normalize('NFC').split(/[/\\]/);
}
