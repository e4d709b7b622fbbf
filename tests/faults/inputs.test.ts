import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sqlite } from '@cullstream/store';
import { drawPicture, writeZip } from '@cullstream/examples';
import { drawManyScans } from '../support/draw-many-scans.js';
import { makeExample, toRunArgs, type Example } from '../support/example.js';
import { runCli, type CliResult } from '../support/run-cli.js';
import { runInProcess } from '../support/run-in-process.js';

const DONE_WITH_FAILURES = 1;
const hook = fileURLToPath(new URL('../support/die-of-name.js', import.meta.url));
/** Of the field in a directory header that has an entry's sizes and offset: 24 bytes. */
const ZIP64_FIELD = Buffer.from([1, 0, 24, 0]);
const HUGE_ID_BYTES = 50_000_000;
const ANY_NAME = 'Zoë & हिन्दी (1) 😀';

interface Project {
  project_id: string;
  status: string;
  message?: string;
  image_count: number;
  embedded_images: number;
  ungrouped_images: number;
  warnings: string[];
  failures: { image: string; reason: string; message: string }[];
}

let folder: string;
let example: Example;
let databases: string;
let result: CliResult;
let projects: Map<string, Project>;

// One run over sources each of which has something that nothing can handle.
describe.skipIf(process.platform === 'win32')('what nothing can handle', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-inputs-'));
    example = await makeExample(folder, 1);
    const { originals } = example;
    databases = join(folder, 'data/training/ai_training_decisions');
    mkdirSync(databases, { recursive: true });
    await claimTooMuch(join(originals, 'first.zip'));
    await contradictSizes(join(originals, 'contradicting.zip'));
    for (const name of [
      'kills-extractor',
      'huge-row',
      'huge-id',
      'endless-view',
      'torn',
      'pipe-database',
    ]) {
      copyFileSync(join(originals, 'second.zip'), join(originals, `${name}.zip`));
    }
    writeHugeRow('huge-row');
    writeRow('huge-id', 'huge'.repeat(HUGE_ID_BYTES / 4), present);
    writeEndlessView('endless-view');
    writeFileSync(join(databases, 'torn.db'), Buffer.alloc(9_000, 'SQLite format 3\0'));
    const pipe = join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    symlinkSync(pipe, join(originals, 'pipe.zip'));
    symlinkSync(pipe, join(originals, 'loose', 'pipe.png'));
    symlinkSync(pipe, join(databases, 'pipe-database.db'));
    mkdirSync(join(folder, 'data/ai_data/cache'), { recursive: true });
    symlinkSync(pipe, join(folder, 'data/ai_data/cache/processed_images.jsonl.legacy'));
    renameSync(join(originals, 'loose'), join(originals, ANY_NAME));
    mkdirSync(join(originals, 'scans'));
    const scans = join(originals, 'scans', '20250704_000001_stage1_generated.jpg');
    writeFileSync(scans, await drawManyScans());
    result = await runCli([...toRunArgs(example, join(folder, 'data')), '--json'], {
      NODE_OPTIONS: `--import=${hook}`,
    });
    const summary = JSON.parse(result.stdout) as { projects: Project[] };
    projects = new Map(summary.projects.map((project) => [project.project_id, project]));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('costs itself alone: the run ends, and all that is sound is done', () => {
    expect(result.exitCode, result.stderr).toBe(DONE_WITH_FAILURES);
    expect(result.stderr).not.toMatch(/^ {4}at /m);
    expect(Object.fromEntries([...projects].map(([id, { status }]) => [id, status]))).toEqual({
      [ANY_NAME]: 'success',
      contradicting: 'partial',
      'endless-view': 'failed',
      first: 'partial',
      'huge-id': 'success',
      'huge-row': 'success',
      'kills-extractor': 'failed',
      pipe: 'failed',
      'pipe-database': 'failed',
      scans: 'partial',
      second: 'success',
      torn: 'failed',
    });
    expect(projects.get(ANY_NAME)).toMatchObject({ embedded_images: 3 });
  });

  it('an entry that claims 2^62 bytes fails as an image', () => {
    expect(projects.get('first')).toMatchObject({ image_count: 2, embedded_images: 1 });
    expect(projects.get('first')?.failures).toMatchObject([
      { image: 'b.png', reason: 'image-too-large' },
    ]);
  });

  it.each(['huge-row', 'huge-id'])('a row that no message can carry is left out: %s', (name) => {
    const project = projects.get(name);
    expect(project).toMatchObject({ failed_images: 0, ungrouped_images: 3 });
    expect(project?.warnings[0]).toMatch(/^row huge\S* .*too large.*split or correct the row/);
    expect(result.stdout.length).toBeLessThan(100_000);
  });

  it('an archive that ends the extractor fails after three times', () => {
    expect(result.stdout).toContain(
      'kills-extractor.zip: working on it ended the extractor 3 times',
    );
    expect(result.stderr).toContain(
      'the extractor ended with signal SIGKILL and is started again: it was killed',
    );
  });

  it('a database of the user’s that is damaged, a pipe, or has rows without end is named', async () => {
    const said = (id: string) => JSON.stringify(projects.get(id));
    expect(said('torn')).toMatch(/torn\.db.*damaged.*restore it from a backup or move it away/);
    expect(said('pipe-database')).toMatch(/pipe-database\.db.*it is no file/);
    const view = /endless-view\.db: its ai_decisions is a view, and only tables are read/;
    expect(said('endless-view')).toMatch(view);
    const [, ...given] = toRunArgs(example, join(folder, 'data'));
    const plan = await runInProcess(['plan', ...given, '--only', 'endless-view']);
    expect(plan.stdout + plan.stderr).toMatch(/its ai_decisions is a view/);
  });

  it('entries whose sizes contradict each other fail before memory is taken for them', () => {
    expect(projects.get('contradicting')).toMatchObject({ image_count: 4 });
    const messages = projects.get('contradicting')?.failures.map(({ message }) => message);
    expect(messages).toEqual([
      expect.stringContaining('claims 500000000 compressed bytes, more than its 10 bytes can need'),
      expect.stringMatching(
        /claims 530000000 bytes from byte \d+ on, beyond the end of the archive/,
      ),
      expect.stringMatching(/claims 500000000 bytes, more than \d+ compressed ones can hold/),
    ]);
  });

  it('a JPEG of very many scans fails by its markers alone', () => {
    expect(projects.get('scans')?.failures).toMatchObject([
      {
        reason: 'image-too-large',
        message: expect.stringMatching(/has 2\d{3} scans where 1666 are allowed/) as string,
      },
    ]);
  });

  it.each(['--inventory', '--config', '--embedder', '--ranker'])(
    'a pipe is refused as %s in a sentence',
    async (option) => {
      const pipe = join(folder, 'given.onnx');
      spawnSync('mkfifo', [pipe]);
      const [, ...given] = toRunArgs(example, join(folder, 'data'));
      const { exitCode, stderr } = await runInProcess(['plan', ...given, option, pipe]);
      expect(exitCode, stderr).toBe(2);
      expect(stderr).toContain('given.onnx');
      expect(stderr).not.toMatch(/EFTYPE|^ {4}at /m);
    },
  );
});

async function drawEntries(names: readonly string[]) {
  const size = { widthPx: 32, heightPx: 32 };
  const bytes = await drawPicture({ scene: 1, variant: 0, ...size, format: 'png' });
  return names.map((name) => ({ name, bytes }));
}

/** Two entries, the second of which claims 2^62 bytes. */
async function claimTooMuch(archive: string): Promise<void> {
  await writeZip(archive, await drawEntries(['a.png', 'b.png']), { zip64: true });
  const zip = readFileSync(archive);
  const sizes = zip.lastIndexOf(ZIP64_FIELD) + ZIP64_FIELD.length;
  zip.writeBigUInt64LE(2n ** 62n, sizes);
  zip.writeBigUInt64LE(2n ** 62n, sizes + 8);
  writeFileSync(archive, zip);
}

/** Few bytes and a hole: one sound entry, and three whose directory claims other sizes. */
async function contradictSizes(archive: string): Promise<void> {
  const entries = await drawEntries(['a.png', 'b.png', 'c.png', 'd.png']);
  await writeZip(archive, entries);
  const zip = readFileSync(archive);
  const end = zip.length - 22;
  const directory = zip.readUInt32LE(end + 16);
  const hole = 510_000_000;
  zip.writeUInt32LE(directory + hole, end + 16);
  const claim = (name: string, sizes: { packed?: number; plain?: number }) => {
    const header = zip.lastIndexOf(name) - 46;
    if (sizes.packed !== undefined) zip.writeUInt32LE(sizes.packed, header + 20);
    if (sizes.plain !== undefined) zip.writeUInt32LE(sizes.plain, header + 24);
  };
  claim('b.png', { packed: 500_000_000, plain: 10 });
  claim('c.png', { packed: 530_000_000, plain: 530_000_000 });
  claim('d.png', { plain: 500_000_000 });
  const file = openSync(archive, 'w');
  writeSync(file, zip, 0, directory, 0);
  ftruncateSync(file, hole);
  writeSync(file, zip, directory, zip.length - directory, directory + hole);
  closeSync(file);
}

/** In the copies of the second archive. */
const present = ['stage1_generated', 'stage2_upscaled', 'stage3_enhanced'].map(
  (stage, second) => `20250702_00000${second}_${stage}.png`,
);

/** One row that names the project's images and 30,000 others. */
function writeHugeRow(project: string): void {
  const gone = Array.from({ length: 30_000 }, (_, index) => `gone_${index}.png`);
  writeRow(project, 'huge', [...present, ...gone]);
}

function writeRow(project: string, groupId: string, images: readonly string[]): void {
  const database = new Sqlite(join(databases, `${project}.db`));
  database.exec('CREATE TABLE ai_decisions (group_id TEXT PRIMARY KEY, images TEXT)');
  database.prepare('INSERT INTO ai_decisions VALUES (?, ?)').run(groupId, JSON.stringify(images));
  database.close();
}

function writeEndlessView(project: string): void {
  const database = new Sqlite(join(databases, `${project}.db`));
  database.exec(`CREATE VIEW ai_decisions (group_id, images) AS
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'g' || i, '[]' FROM n`);
  database.close();
}
