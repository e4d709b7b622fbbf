import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDemoModels } from '@cullstream/inference';
import { waitFor, writeZip } from '@cullstream/testing';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findService } from './support/processes.js';
import { startCli } from './support/run-cli.js';

const CAP_MB = 768;
const SIDE_PX = 8_000;
/** 8,000 pixels square, with what a decoder holds beside them. */
const LARGEST_PICTURE_MB = (SIDE_PX * SIDE_PX * 6) / 1_048_576;
const LARGE_ENTRIES = 12;
const LARGE_ENTRY_BYTES = 60 * 1_048_576;
const PICTURES = 4;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-cap-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The most resident memory so far, in megabytes; 0 for a process that has ended. */
function peakMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}

/** @returns the most that an embedder took while it worked through an archive */
async function peakOver(name: string, entries: { name: string; bytes: Uint8Array }[]) {
  const originals = join(folder, name, 'originals');
  mkdirSync(originals, { recursive: true });
  await writeZip(join(originals, 'hostile.zip'), entries);
  const { embedder, ranker, crop } = await writeDemoModels(join(folder, 'models'));
  const run = startCli([
    ...['run', '--originals', originals, '--data', join(folder, name, 'data'), '--json'],
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
  return { peak, images };
}

describe.skipIf(process.platform !== 'linux')('what an embedder takes under a memory cap', () => {
  it('is no more than the cap over many entries of 60 MB', async () => {
    const bytes = Buffer.alloc(LARGE_ENTRY_BYTES);
    bytes.write('\xff\xd8\xff', 'latin1');
    const entries = Array.from({ length: LARGE_ENTRIES }, (_unused, index) => ({
      name: `20250701_${String(100_000 + index)}_stage1.jpg`,
      bytes,
    }));
    const { peak, images } = await peakOver('entries', entries);
    console.log(peak);
    expect(images.failed).toBe(LARGE_ENTRIES);
    expect(peak).toBeLessThan(CAP_MB);
  });

  it('is that of one picture more over many of 64 megapixels', async () => {
    const blank = { width: SIDE_PX, height: SIDE_PX, channels: 3, background: '#204060' } as const;
    const bytes = await sharp({ create: blank }).jpeg().toBuffer();
    const entries = Array.from({ length: PICTURES }, (_unused, index) => ({
      name: `20250701_${String(100_000 + index)}_stage1.jpg`,
      bytes: Buffer.concat([bytes, Buffer.from(String(index))]),
    }));
    const { peak, images } = await peakOver('pictures', entries);
    console.log(peak);
    expect(images.embedded).toBe(PICTURES);
    expect(peak).toBeLessThan(CAP_MB + LARGEST_PICTURE_MB);
  });
});
