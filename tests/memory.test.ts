import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDemoModels } from '@cullstream/inference';
import { waitFor } from '@cullstream/testing';
import { writeZip } from '@cullstream/examples';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findService, peakMb } from './support/processes.js';
import { startCli } from './support/run-cli.js';

const ENTRIES = 15_000;
/** A service that kept three kilobytes of each entry would be above. */
const LIMITS_MB = { extractor: 135, predictor: 155, writer: 130, reporter: 110 };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-memory-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(process.platform !== 'linux')('memory', () => {
  it(`of each service stays bounded over a ZIP64 archive of ${ENTRIES} entries`, async () => {
    const originals = join(folder, 'originals');
    mkdirSync(originals);
    const entries = Array.from({ length: ENTRIES }, (_unused, index) => ({
      name: `deep/folder/2025${String(10_000_000_000 + index).slice(1)}_stage${(index % 3) + 1}.png`,
      bytes: Buffer.from(`no image ${index}`),
    }));
    await writeZip(join(originals, 'large.zip'), entries, { stored: true, zip64: true });
    const { embedder, ranker, crop } = await writeDemoModels(join(folder, 'models'));
    const models = ['--embedder', embedder, '--ranker', ranker, '--crop', crop];
    const data = join(folder, 'data');
    const run = startCli(['run', '--originals', originals, '--data', data, ...models, '--json']);
    const services = Object.keys(LIMITS_MB) as (keyof typeof LIMITS_MB)[];
    const peaks = new Map(services.map((service) => [service, 0]));
    let ended = false;
    void run.result.then(() => (ended = true));
    await waitFor(
      () => {
        for (const service of services) {
          const now = findService(run.child.pid ?? 0, service).map(peakMb);
          peaks.set(service, Math.max(peaks.get(service) ?? 0, ...now));
        }
        return ended;
      },
      { what: 'the run to end', timeoutMs: 220_000 },
    );
    const { exitCode, stdout, stderr } = await run.result;
    expect(exitCode, stderr).toBe(1);
    const { images } = JSON.parse(stdout) as { images: { total: number; failed: number } };
    expect(images).toMatchObject({ total: ENTRIES, failed: ENTRIES });
    console.log(peaks);
    for (const [service, peak] of peaks) {
      expect(peak, service).toBeGreaterThan(20);
      expect(peak, service).toBeLessThan(LIMITS_MB[service]);
    }
  });
});
