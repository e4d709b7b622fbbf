import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeNpy } from '@cullstream/cache';
import { makeExample, toRunArgs } from './support/example.js';
import { runInProcess, type InProcessResult } from './support/run-in-process.js';

const REMEDY = /the older tool's embeddings do not agree .* cosine of .*--legacy-cache trust/;

const COUNT =
  'the inventory says 4 images, loose holds 3: see whether it is complete, ' +
  'or correct the number in the inventory';

describe("a run beside a cache of the older tool's that does not agree", () => {
  let folder: string;
  let data: string;
  let args: string[];
  let run: InProcessResult;

  /** One entry for each image of the folder `loose`, with a vector that no model has made. */
  function writeLegacyCache(originals: string): void {
    const lines = readdirSync(join(originals, 'loose')).map((name) => {
      const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
      const vector = Float32Array.from({ length: 512 }, (_unused, index) => Math.sin(index));
      writeFileSync(join(data, `ai_data/embeddings/${hash}.npy`), encodeNpy(vector));
      const embedding_file = `data/ai_data/embeddings/${hash}.npy`;
      return `${JSON.stringify({ image_path: `/old/loose/${name}`, embedding_file, hash })}\n`;
    });
    writeFileSync(join(data, 'ai_data/cache/processed_images.jsonl'), lines.join(''));
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-warnings-'));
    data = join(folder, 'data');
    const example = await makeExample(folder, 1);
    for (const each of ['embeddings', 'cache']) {
      mkdirSync(join(data, 'ai_data', each), { recursive: true });
    }
    writeLegacyCache(example.originals);
    const inventory = join(folder, 'inventory.yaml');
    writeFileSync(inventory, '- { project: loose, source: loose, images: 4 }\n');
    args = [...toRunArgs(example, data).slice(1), '--inventory', inventory];
    run = await runInProcess(['run', ...args]);
    expect(run.exitCode, run.stderr).toBe(0);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('says why and what to do in the summary that is printed, once', () => {
    const told = run.stdout.split('\n').filter((line) => line.startsWith('warning: '));
    expect(told).toEqual([`warning: loose: ${COUNT}`, expect.stringMatching(REMEDY)]);
  });

  it('says it in the document and on the page', () => {
    const folderOfSummary = join(data, 'ai_data');
    const read = (ending: string) => {
      const name = readdirSync(folderOfSummary).find((file) => file.endsWith(ending));
      return readFileSync(join(folderOfSummary, name ?? ''), 'utf8');
    };
    const summary = JSON.parse(read('.json')) as { warnings: string[] };
    expect(summary.warnings).toEqual([`loose: ${COUNT}`, expect.stringMatching(REMEDY)]);
    expect(read('.html')).toContain('--legacy-cache trust uses them all the same');
  });

  it('says of a complete project, too, that its inventory counts otherwise', async () => {
    const { stdout } = await runInProcess(['plan', ...args, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      projects: [{ project: 'loose', state: 'complete', warnings: [COUNT] }],
    });
  });

  it('says it again wherever the summary is shown later', async () => {
    const { stdout } = await runInProcess(['status', '--data', data]);
    expect(stdout).toMatch(REMEDY);
  });
});
