import { seededRandom, type Random } from './seeded-random.js';
import type { Picture } from './draw-picture.js';

/** One image of the example originals. */
export interface ExampleImage {
  /** Path in its archive or folder. */
  readonly name: string;
  readonly picture: Picture;
}

export interface ExampleProject {
  readonly project: string;
  /** Archive or folder below the originals folder. */
  readonly source: string;
  readonly images: readonly ExampleImage[];
}

interface Layout {
  readonly project: string;
  readonly source: string;
  /** Folder within the source, with a closing `/`, or empty. */
  readonly folder: string;
  /** How many variants each group has, in order. */
  readonly groups: readonly (2 | 3 | 4)[];
}

export const exampleLayouts: readonly Layout[] = [
  { project: 'aurora', source: 'aurora.zip', folder: '', groups: [2, 4, 2, 4, 3] },
  {
    project: 'Winter Garden',
    source: 'Winter Garden.zip',
    folder: 'Winter Garden/walks/',
    groups: [3, 2, 4, 2, 3, 4],
  },
  { project: 'harbour-0919', source: 'harbour-0919.zip', folder: 'harbour/', groups: [4, 2, 3, 3] },
  { project: 'meadow', source: 'meadow', folder: '', groups: [2, 3, 4, 2, 4] },
];

/** The generator's stages that a group of so many variants went through, and how much each enlarges. */
const stagesByCount = {
  2: ['stage1_generated', 'stage2_upscaled'],
  3: ['stage1_generated', 'stage2_upscaled', 'stage3_enhanced'],
  4: ['stage1_generated', 'stage1.5_face_swapped', 'stage2_upscaled', 'stage3_enhanced'],
} as const;
const enlargement = {
  stage1_generated: 1,
  'stage1.5_face_swapped': 1,
  stage2_upscaled: 1.5,
  stage3_enhanced: 2,
} as const;

/** Sizes in pixels of a first stage. */
const FIRST_SIZES = [
  [256, 256],
  [256, 320],
  [320, 256],
] as const;

/** The images of the example originals, made from the seed; sizes are multiplied by `scale`. */
export function toExampleCatalogue(seed: number, scale: number): ExampleProject[] {
  const random = seededRandom(seed);
  return exampleLayouts.map(({ project, source, folder, groups }, index) => {
    const clock = createClock(`2025070${index + 1}`, random);
    const images = groups.flatMap((variants) => {
      const scene = Math.floor(random() * 2 ** 31);
      const [width, height] = FIRST_SIZES[Math.floor(random() * FIRST_SIZES.length)] ?? [256, 256];
      const format = random() < 0.7 ? 'png' : 'jpeg';
      return stagesByCount[variants].map((stage, variant): ExampleImage => {
        const widthPx = Math.round(width * enlargement[stage] * scale);
        const heightPx = Math.round(height * enlargement[stage] * scale);
        const name = `${folder}${clock()}_${stage}.${format === 'png' ? 'png' : 'jpg'}`;
        return { name, picture: { scene, variant, widthPx, heightPx, format } };
      });
    });
    return { project, source, images };
  });
}

/** Returns `YYYYMMDD_HHMMSS` times, each some seconds or about a minute after the one before. */
function createClock(day: string, random: Random): () => string {
  let seconds = 0;
  return () => {
    seconds += [4, 19, 61][Math.floor(random() * 3)] ?? 4;
    const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60];
    return `${day}_${parts.map((part) => String(Math.floor(part)).padStart(2, '0')).join('')}`;
  };
}
