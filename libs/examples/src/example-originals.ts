import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { drawPicture } from './draw-picture.js';
import { toExampleCatalogue, type ExampleProject } from './example-catalogue.js';
import { writeZip, type ZipEntry } from './write-zip.js';

export interface ExampleOriginalsOptions {
  /** Folder that is made if it does not exist; files of the same names are replaced. */
  readonly dir: string;
  readonly seed: number;
  /** Factor on the sizes of 256 to 640 pixels. */
  readonly scale?: number;
  /**
   * Adds a group to `harbour-0919.zip`: a truncated image, a file that is no image, and a valid
   * image.
   */
  readonly withDamaged?: boolean;
}

export interface ExampleOriginals {
  readonly projects: readonly {
    readonly project: string;
    readonly source: string;
    /** Number of images in the catalogue, including damaged ones. */
    readonly images: number;
    readonly damaged: readonly string[];
  }[];
  readonly images: number;
}

/** The time of every file. */
export const MODIFIED = new Date('2025-07-01T12:00:00Z');
/** The end of a name until the file is complete. It is the name of no image and no archive. */
export const PART = '.part';
const DAMAGED_PROJECT = 'harbour-0919';

/**
 * Makes an originals folder as a user has it: three archives (one stored and flat, one with nested
 * folders and macOS leftovers, one with an image without a time) and a folder, about 60 images in
 * groups of two to four variants, most with a `.yaml` companion. The same options give the same bytes and
 * times, with the same version of sharp.
 */
export async function writeExampleOriginals(
  options: ExampleOriginalsOptions,
): Promise<ExampleOriginals> {
  const { dir, seed, scale = 1, withDamaged = false } = options;
  await mkdir(dir, { recursive: true });
  const projects: ExampleOriginals['projects'][number][] = [];
  for (const example of toExampleCatalogue(seed, scale)) {
    const entries = await drawEntries(example);
    const extra = extraEntries(example.project, entries, withDamaged);
    await writeSource(join(dir, example.source), [...entries, ...extra.entries]);
    projects.push({
      project: example.project,
      source: example.source,
      images: example.images.length + extra.images,
      damaged: extra.damaged,
    });
  }
  return { projects, images: projects.reduce((sum, { images }) => sum + images, 0) };
}

async function drawEntries({ images }: ExampleProject): Promise<ZipEntry[]> {
  const drawn = await Promise.all(
    images.map(async ({ name, picture }) => {
      const text = `seed: ${picture.scene}\nvariant: ${picture.variant}\n`;
      return [
        { name, bytes: await drawPicture(picture) },
        { name: toCompanion(name), bytes: Buffer.from(text) },
      ];
    }),
  );
  return drawn.flat();
}

/** The name of the text beside an image. */
export function toCompanion(image: string): string {
  return image.replace(/\.\w+$/, '.yaml');
}

interface ExtraEntries {
  readonly entries: readonly ZipEntry[];
  readonly images: number;
  readonly damaged: readonly string[];
}

function extraEntries(
  project: string,
  drawn: readonly ZipEntry[],
  withDamaged: boolean,
): ExtraEntries {
  if (project === 'Winter Garden') return { entries: macLeftovers(drawn), images: 0, damaged: [] };
  if (project !== DAMAGED_PROJECT) return { entries: [], images: 0, damaged: [] };
  const whole = drawn.find(({ name }) => name.endsWith('.png')) ?? drawn[0];
  if (whole === undefined) throw new RangeError(`${project} has no image to copy`);
  const { bytes } = whole;
  const type = whole.name.slice(-'.png'.length);
  const entries = [{ name: `harbour/lonely${type.toUpperCase()}`, bytes }];
  if (!withDamaged) return { entries, images: 1, damaged: [] };
  const damaged = [
    {
      name: `harbour/20250703_120000_stage1_generated${type}`,
      bytes: bytes.subarray(0, Math.floor(bytes.length / 2)),
    },
    {
      name: 'harbour/20250703_120030_stage2_upscaled.png',
      bytes: Buffer.from('This is a note, not an image.\n'),
    },
  ];
  const sound = { name: `harbour/20250703_120034_stage3_enhanced${type}`, bytes };
  return {
    entries: [...entries, ...damaged, sound],
    images: 4,
    damaged: damaged.map(({ name }) => name),
  };
}

function macLeftovers(drawn: readonly ZipEntry[]): ZipEntry[] {
  const name = drawn[0]?.name ?? '';
  return [
    {
      name: `__MACOSX/${dirname(name)}/._${name.slice(dirname(name).length + 1)}`,
      bytes: Buffer.from([0, 5, 0x16, 7]),
    },
    { name: `${dirname(dirname(name))}/.DS_Store`, bytes: Buffer.from([0]) },
  ];
}

async function writeSource(path: string, entries: readonly ZipEntry[]): Promise<void> {
  if (path.endsWith('.zip')) {
    const stored = path.endsWith('aurora.zip');
    await writeComplete(path, (part) => writeZip(part, entries, { stored }));
    return;
  }
  for (const { name, bytes } of entries) {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeComplete(file, (part) => writeFile(part, bytes));
  }
}

/** Gives a file its name once it is complete and has its time, by which it is recognised. */
async function writeComplete(path: string, write: (part: string) => Promise<void>): Promise<void> {
  const part = `${path}${PART}`;
  await write(part);
  await utimes(part, MODIFIED, MODIFIED);
  await rename(part, path);
}
