import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PermanentError } from '@cullstream/contracts';
import { decodeRgb } from './decode/decode-rgb.js';
import { readImageSize } from './decode/read-image-size.js';
import { preprocess } from './preprocess.js';
import { resampleReference } from './resample/resample-reference.js';
import { TARGET_BYTES } from './resample/target-window.js';

const goldens = new URL('../../../fixtures/preprocess/', import.meta.url);

interface GoldenCase {
  readonly file: string;
  readonly category: string;
  readonly status: 'ok' | 'error';
  readonly width: number;
  readonly height: number;
  readonly expected_pixels_sha256: string;
  readonly decoded_rgb_sha256: string;
}

const { cases } = JSON.parse(readGolden('manifest.json').toString()) as { cases: GoldenCase[] };
const sound = cases.filter(({ status }) => status === 'ok');
const broken = cases.filter(({ status }) => status === 'error');

function readGolden(path: string): Buffer {
  return readFileSync(new URL(path, goldens));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('goldens of the reference pipeline', () => {
  test.each(sound)('$category decodes to the same RGB pixels', async (golden) => {
    const image = await decodeRgb(readGolden(golden.file));
    expect([image.widthPx, image.heightPx]).toEqual([golden.width, golden.height]);
    expect(sha256(image.pixels)).toBe(golden.decoded_rgb_sha256);
  });

  test.each(sound)('$category is resampled by the reference to the same bits', async (golden) => {
    const { pixels, widthPx, heightPx } = await decodeRgb(readGolden(golden.file));
    const resampled = resampleReference(pixels, widthPx, heightPx);
    expect(sha256(resampled)).toBe(golden.expected_pixels_sha256);
  });

  test.each(sound)('$category is preprocessed to the same bits', async (golden) => {
    const image = await preprocess(readGolden(golden.file), 'exact');
    expect([image.widthPx, image.heightPx]).toEqual([golden.width, golden.height]);
    expect(sha256(image.pixels)).toBe(golden.expected_pixels_sha256);
  });

  test.each(sound)('$category is preprocessed fast to a whole target', async (golden) => {
    const image = await preprocess(readGolden(golden.file), 'fast');
    expect([image.widthPx, image.heightPx]).toEqual([golden.width, golden.height]);
    expect(image.pixels).toHaveLength(TARGET_BYTES);
  });

  test.each(sound)('$category has the size its header says', async (golden) => {
    const size = await readImageSize(readGolden(golden.file));
    expect(size).toEqual({ widthPx: golden.width, heightPx: golden.height });
  });

  test.each(broken)('$category is refused for good', async (golden) => {
    await expect(preprocess(readGolden(golden.file), 'exact')).rejects.toBeInstanceOf(
      PermanentError,
    );
  });

  test('says why each of the broken files is refused', async () => {
    const reasons = await Promise.all(
      broken.map(({ file }) =>
        preprocess(readGolden(file), 'exact').catch((error: unknown) =>
          error instanceof PermanentError ? error.reason : error,
        ),
      ),
    );
    expect(Object.fromEntries(broken.map(({ category }, at) => [category, reasons[at]]))).toEqual({
      'err-jpeg-truncated': 'image-truncated',
      'err-png-truncated': 'image-truncated',
      'err-zero-byte': 'empty-file',
      'err-not-image': 'not-an-image',
    });
  });
});
