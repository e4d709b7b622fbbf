import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDemoModels } from '@cullstream/inference';
import { waitFor } from '@cullstream/testing';
import { writeZip } from '@cullstream/examples';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findService, peakMb } from '../support/processes.js';
import { startCli } from '../support/run-cli.js';

const CAP_MB = 512;
/** Seven times 60 MB, of no image (not even its first bytes): together more than the cap. */
const ENTRIES = 7;
const ENTRY_BYTES = 60 * 1_048_576;
/** Twenty megapixels each, which hold 120 MB while they are decoded. */
const PICTURES = 5;
const SIDE_PX = 4_500;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-cap-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(process.platform !== 'linux')('an embedder under a memory cap', () => {
  it('stays below it over large entries and large pictures', async () => {
    const originals = join(folder, 'originals');
    mkdirSync(originals);
    const noImage = Buffer.alloc(ENTRY_BYTES);
    const blank = { width: SIDE_PX, height: SIDE_PX, channels: 3, background: '#204060' } as const;
    const picture = await sharp({ create: blank }).jpeg().toBuffer();
    const entries = Array.from({ length: ENTRIES + PICTURES }, (_unused, index) => ({
      name: `20250701_${String(100_000 + index)}_stage1.jpg`,
      bytes: index < ENTRIES ? noImage : Buffer.concat([picture, Buffer.from(String(index))]),
    }));
    await writeZip(join(originals, 'large.zip'), entries);
    const { embedder, ranker, crop } = await writeDemoModels(join(folder, 'models'));
    const run = startCli([
      ...['run', '--originals', originals, '--data', join(folder, 'data'), '--json'],
      ...['--embedder', embedder, '--ranker', ranker, '--crop', crop],
      ...['--memory-cap', String(CAP_MB), '--workers', '2'],
    ]);
    let ended = false;
    void run.result.then(() => (ended = true));
    let peak = 0;
    await waitFor(
      () => {
        peak = Math.max(peak, ...findService(run.child.pid ?? 0, 'embedder').map(peakMb));
        return ended;
      },
      { what: 'the run to end', timeoutMs: 120_000 },
    );
    const { stdout } = await run.result;
    const { images } = JSON.parse(stdout) as { images: { failed: number; embedded: number } };
    expect(images).toMatchObject({ failed: ENTRIES, embedded: PICTURES });
    expect(peak).toBeGreaterThan(100);
    expect(peak).toBeLessThan(CAP_MB);
  });
});
