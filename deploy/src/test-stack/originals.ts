import { Buffer } from 'node:buffer';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawPicture, writeExampleOriginals, writeZip } from '@cullstream/examples';

/** A project that takes long enough to be interrupted. */
export const LONG_PROJECT = 'Big Cedar';
/** A damaged file of the folder `meadow`. */
const TORN_FILE = 'meadow/20250801_120000_stage1_generated.png';
const STAGES = ['stage1_generated', 'stage2_upscaled', 'stage3_enhanced'];
const DEMO_SEED = 1;

/**
 * The projects of `cullstream demo`, damaged images among them, and one with more groups, of three
 * images each. Every image has bytes of its own, so that each is embedded.
 * @returns the number of images
 */
export async function makeOriginals(dir: string, groups: number): Promise<number> {
  const { images } = await writeExampleOriginals({ dir, seed: DEMO_SEED, withDamaged: true });
  const pictures = await Promise.all(STAGES.map((stage, variant) => drawStage(stage, variant)));
  const entries = Array.from({ length: groups }, (_unused, group) =>
    pictures.map(({ stage, picture }, variant) => {
      const bytes = Buffer.concat([picture, Buffer.from(`group ${group}`)]);
      const isDamaged = group % 25 === 3 && variant === 1;
      return {
        name: `${toClock(group * STAGES.length + variant)}_${stage}.png`,
        bytes: isDamaged ? bytes.subarray(0, 60) : bytes,
      };
    }),
  );
  await writeZip(join(dir, `${LONG_PROJECT}.zip`), entries.flat());
  await writeFile(join(dir, TORN_FILE), (await draw(0)).subarray(0, 60));
  await writeFile(join(dir, TORN_FILE.replace('00_stage1', '03_stage2')), await draw(1));
  return images + groups * STAGES.length + 2;
}

/** Replaces the damaged file of `meadow` by a sound one. */
export async function mendOriginals(dir: string): Promise<void> {
  await writeFile(join(dir, TORN_FILE), await draw(0));
}

async function drawStage(stage: string, variant: number) {
  return { stage, picture: await draw(variant) };
}

function draw(variant: number): Promise<Buffer> {
  return drawPicture({ scene: 7, variant, widthPx: 960, heightPx: 1200, format: 'png' });
}

/** A second of a day, in the form of file names: `20250701_000102`. */
function toClock(second: number): string {
  const clock = new Date(Date.UTC(2025, 6, 1) + second * 1_000).toISOString();
  return clock.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
}
