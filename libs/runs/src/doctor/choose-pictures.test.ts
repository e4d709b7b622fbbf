import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawPicture } from '@cullstream/examples';
import { expect, it } from 'vitest';
import { choosePictures } from './choose-pictures.js';

it('measures with the user’s own pictures, without those that cannot be decoded', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'cullstream-pictures-'));
  try {
    const project = join(scratch, 'originals', 'beach');
    await mkdir(project, { recursive: true });
    const size = { widthPx: 60, heightPx: 80, format: 'png' } as const;
    const whole = await drawPicture({ scene: 1, variant: 0, ...size });
    const name = (stage: string) => join(project, `20250601_120000_${stage}.png`);
    await writeFile(name('stage1_generated'), whole);
    await writeFile(name('stage2_upscaled'), whole.subarray(0, 60));
    const folder = join(scratch, 'measured');
    await mkdir(folder);
    const originals = join(scratch, 'originals');
    const options = { originals, data: join(scratch, 'data'), preprocess: 'exact' } as const;
    const { pictures, origin } = await choosePictures(folder, options);
    expect(origin).toBe('your own pictures');
    expect(pictures).toHaveLength(1);
    expect(Buffer.compare(await readFile(pictures[0] ?? ''), whole)).toBe(0);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
});
