import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sqlite } from '@cullstream/store';
import { drawPicture, writeZip } from '@cullstream/examples';
import { makeExample, toRunArgs } from './support/example.js';
import { runCli } from './support/run-cli.js';

const DONE_WITH_FAILURES = 1;
/** Of the field in a directory header that has an entry's sizes and offset: 24 bytes. */
const ZIP64_FIELD = Buffer.from([1, 0, 24, 0]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-odd-sources-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Project {
  project_id: string;
  status: string;
  image_count: number;
  embedded_images: number;
  ungrouped_images: number;
  warnings: string[];
  failures: { image: string; reason: string }[];
}

it('an entry and a row that nothing can carry cost themselves, and a name may be anything', async () => {
  const example = await makeExample(folder, 1);
  const data = join(folder, 'data');
  await claimTooMuch(join(example.originals, 'first.zip'));
  writeHugeRow(data, 'second');
  renameSync(join(example.originals, 'loose'), join(example.originals, 'Zoë & हिन्दी (1) 😀'));
  const { exitCode, stdout, stderr } = await runCli([...toRunArgs(example, data), '--json']);
  expect(exitCode, stderr).toBe(DONE_WITH_FAILURES);
  const { projects } = JSON.parse(stdout) as { projects: Project[] };
  const of = (name: string) => projects.find((project) => project.project_id === name);
  expect(of('Zoë & हिन्दी (1) 😀')).toMatchObject({ status: 'success', embedded_images: 3 });
  expect(of('first')).toMatchObject({ status: 'partial', image_count: 2, embedded_images: 1 });
  expect(of('first')?.failures).toMatchObject([{ image: 'b.png', reason: 'image-too-large' }]);
  expect(of('second')).toMatchObject({ embedded_images: 3, ungrouped_images: 3 });
  expect(of('second')?.warnings[0]).toMatch(/^row huge .*too large.*split or correct the row/);
});

/** Two entries, the second of which claims 2^62 bytes. */
async function claimTooMuch(archive: string): Promise<void> {
  const picture = { scene: 1, variant: 0, widthPx: 32, heightPx: 32, format: 'png' } as const;
  const bytes = await drawPicture(picture);
  const entries = ['a.png', 'b.png'].map((name) => ({ name, bytes }));
  await writeZip(archive, entries, { zip64: true });
  const zip = readFileSync(archive);
  const sizes = zip.lastIndexOf(ZIP64_FIELD) + ZIP64_FIELD.length;
  zip.writeBigUInt64LE(2n ** 62n, sizes);
  zip.writeBigUInt64LE(2n ** 62n, sizes + 8);
  writeFileSync(archive, zip);
}

/** A database of the user's with one row that names the project's images and 30,000 others. */
function writeHugeRow(data: string, project: string): void {
  const databases = join(data, 'training/ai_training_decisions');
  mkdirSync(databases, { recursive: true });
  const present = ['stage1_generated', 'stage2_upscaled', 'stage3_enhanced'].map(
    (stage, second) => `20250702_00000${second}_${stage}.png`,
  );
  const gone = Array.from({ length: 30_000 }, (_, index) => `gone_${index}.png`);
  const database = new Sqlite(join(databases, `${project}.db`));
  database.exec('CREATE TABLE ai_decisions (group_id TEXT PRIMARY KEY, images TEXT)');
  database
    .prepare('INSERT INTO ai_decisions VALUES (?, ?)')
    .run('huge', JSON.stringify([...present, ...gone]));
  database.close();
}
