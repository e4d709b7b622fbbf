import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startService } from './support/deployed-services.js';
import { countVectors, makeExample, toRunArgs, type Example } from './support/example.js';
import { runInProcess } from './support/run-in-process.js';

const USAGE = 2;

let folder: string;
let example: Example;
let data: string;
let file: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-self-check-'));
  example = await makeExample(folder, 2);
  data = join(folder, 'data');
  file = join(data, 'ai_data/embeddings/self-check.json');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...more: string[]) => runInProcess([...toRunArgs(example, data), ...more]);

/** As if all that computes vectors had given half of them when the cache was begun. */
function halveKeptVectors(): void {
  const kept = JSON.parse(readFileSync(file, 'utf8')) as {
    vectors: { vector: string; checksum?: number }[];
  };
  for (const entry of kept.vectors) {
    const floats = new Float32Array(Uint8Array.from(Buffer.from(entry.vector, 'base64')).buffer);
    entry.vector = Buffer.from(floats.map((value) => value / 2).buffer).toString('base64');
    delete entry.checksum;
  }
  writeFileSync(file, JSON.stringify(kept));
}

describe('a cache that was begun with other vectors', () => {
  it('is not written to; doctor says so too', async () => {
    const begun = await run('--only', 'first');
    expect(begun.exitCode, begun.stderr).toBe(0);
    const vectors = countVectors(data);
    halveKeptVectors();

    const { exitCode, stderr } = await run();
    expect(exitCode, stderr).toBe(USAGE);
    expect(stderr).toMatch(
      /error: the embedder refuses: self-check: .* off by 100\.0 % from .*self-check\.json.* nothing is written/,
    );
    expect(countVectors(data)).toBe(vectors);
    const { embedder, ranker, crop } = example.models;
    const doctor = await runInProcess([
      ...['doctor', '--data', data, '--embedder', embedder, '--ranker', ranker, '--crop', crop],
    ]);
    expect(doctor.exitCode).toBe(1);
    expect(doctor.stdout).toMatch(/encoder\s+│ error .*off by 100\.0 %/);
  });
});

describe('a deployed embedder', () => {
  it('refuses a device that is not here before it takes any work', async () => {
    const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml';
    const service = startService('embedder', {
      CULL_NATS_URL: 'nats://127.0.0.1:1',
      CULL_DATA: data,
      CULL_DEVICE: elsewhere,
    });
    const { exitCode, log } = await service.ended;
    expect(exitCode).toBe(USAGE);
    expect(log).toContain(`device ${elsewhere}: onnxruntime`);
  });
});
