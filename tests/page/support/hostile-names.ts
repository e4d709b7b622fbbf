import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawPicture } from '@cullstream/examples';

/** Letters of its own direction in the midst, and a mark that would turn what follows. */
const RIGHT_TO_LEFT = 'صورة\u202Egnp.txt';
const LONG = 'long'.repeat(40);

/** One group whose file names try everything; the newest variant is last. */
export const hostileNames = [
  `20250711_101010_stage1_generated_<img src=x onerror="document.title='hacked'">.png`,
  `20250711_101011_stage1.5_face_swapped_&lt;b&gt;..%2F..%2Fetc.png`,
  `20250711_101012_stage2_upscaled_${LONG}.png`,
  `20250711_101013_stage3_enhanced_🖼️👩‍🚀_${RIGHT_TO_LEFT}.png`,
];

/** Adds a project of those names to originals. */
export async function addHostileProject(originals: string, project: string): Promise<void> {
  const folder = join(originals, project);
  mkdirSync(folder);
  const size = { widthPx: 200, heightPx: 240, format: 'png' } as const;
  for (const [variant, name] of hostileNames.entries()) {
    writeFileSync(join(folder, name), await drawPicture({ scene: 3, variant, ...size }));
  }
}
