import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawPicture, writeZip } from '@cullstream/examples';
import { chooseModels, writeDemoModels, type ChosenModels } from '@cullstream/inference';

/** How much a seed works on: most need few images for a rare order, some need messages that queue up. */
export type Size = 'small' | 'large';

/** What a seed works on. Nothing of it is ever changed. */
export interface Example {
  readonly originals: string;
  readonly cache: string;
  readonly models: ChosenModels;
}

const STAGES = ['stage1_generated', 'stage2_upscaled', 'stage3_enhanced'];
/** As many bytes as the damaged images have: their header is whole, their pixels are not. */
export const DAMAGED_BYTES = 60;

/** The same in every example, so that a seed repeats everything. */
const SAVED_AT = new Date(Date.UTC(2024, 5, 1));

interface Project {
  readonly name: string;
  readonly groups: number;
  /** The group in which the second image is damaged. */
  readonly damaged: number;
}

interface Projects {
  readonly archive: Project;
  readonly folders: readonly Project[];
}

const projects: Readonly<Record<Size, Projects>> = {
  small: {
    archive: { name: 'first.zip', groups: 1, damaged: 0 },
    folders: [{ name: 'loose', groups: 1, damaged: -1 }],
  },
  large: {
    archive: { name: 'first.zip', groups: 3, damaged: 1 },
    folders: [
      { name: 'loose', groups: 4, damaged: 2 },
      { name: 'small', groups: 1, damaged: -1 },
    ],
  },
};

/**
 * An archive and folders with a few images each; pictures differ in what is behind their end.
 * @param isShared whether two writers are to share the projects: each has some then
 */
export async function makeExamples(
  folder: string,
  isShared: boolean,
): Promise<Readonly<Record<Size, Example>>> {
  const cache = join(folder, 'cache');
  const models = await makeModels(folder, cache);
  const make = async (size: Size) => {
    const originals = join(folder, size);
    await makeOriginals(originals, isShared ? toShared(projects[size]) : projects[size]);
    return { originals, cache, models };
  };
  return { small: await make('small'), large: await make('large') };
}

/** The names of folders above and of the archive all fall to one of two writers. */
const sharedNames: Readonly<Record<string, string>> = { loose: 'folder', small: 'few' };

function toShared({ archive, folders }: Projects): Projects {
  const renamed = folders.map((project) => ({
    ...project,
    name: sharedNames[project.name] ?? project.name,
  }));
  return { archive, folders: renamed };
}

async function makeOriginals(originals: string, { archive, folders }: Projects): Promise<void> {
  const picture = await drawPicture({
    scene: 7,
    variant: 0,
    widthPx: 24,
    heightPx: 28,
    format: 'png',
  });
  mkdirSync(originals, { recursive: true });
  await writeZip(join(originals, archive.name), [...toEntries(archive, picture)], { stored: true });
  for (const project of folders) {
    mkdirSync(join(originals, project.name));
    for (const { name, bytes } of toEntries(project, picture)) {
      const path = join(originals, project.name, name);
      writeFileSync(path, bytes);
      utimesSync(path, SAVED_AT, SAVED_AT);
    }
  }
}

async function makeModels(folder: string, cache: string): Promise<ChosenModels> {
  const files = await writeDemoModels(join(folder, 'models'));
  return chooseModels({
    ...files,
    dataDir: folder,
    cacheDir: cache,
    features: 'as-trained',
    preprocess: 'exact',
    precision: 'fp32',
  });
}

function* toEntries({ name: project, groups, damaged }: Project, picture: Uint8Array) {
  for (let group = 0; group < groups; group++) {
    for (const [variant, stage] of STAGES.entries()) {
      const second = group * STAGES.length + variant;
      const clock = new Date(Date.UTC(2025, 6, 1) + second * 1_000).toISOString();
      const time = clock.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
      const tail = Buffer.from(`${project} group ${group} variant ${variant}`);
      const bytes = Buffer.concat([picture, tail]);
      const isDamaged = group === damaged && variant === 1;
      yield {
        name: `${time}_${stage}.png`,
        bytes: isDamaged ? bytes.subarray(0, DAMAGED_BYTES) : bytes,
      };
    }
  }
}
