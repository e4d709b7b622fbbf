import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpDatabases } from './support/dump-databases.js';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

let folder: string;
let example: Example;
let files: string;
let packed: string;

const embeddings = (data: string) => join(data, 'ai_data/embeddings');

function readFiles(data: string): Map<string, string> {
  const names = readdirSync(embeddings(data)).filter((name) => name.endsWith('.npy'));
  return new Map(names.map((name) => [name, readFileSync(join(embeddings(data), name), 'hex')]));
}

function segmentOf(data: string, ending: string): string {
  const [recipe = ''] = readdirSync(join(embeddings(data), 'packed'));
  const parent = join(embeddings(data), 'packed', recipe);
  return join(parent, readdirSync(parent).find((name) => name.endsWith(ending)) ?? '');
}

describe('a run that packs its embeddings', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-packed-'));
    example = await makeExample(folder, 1);
    files = join(folder, 'files');
    packed = join(folder, 'packed');
    const runs = [
      await runInProcess(toRunArgs(example, files)),
      await runInProcess([...toRunArgs(example, packed), '--vectors', 'packed']),
    ];
    for (const { exitCode, stderr } of runs) expect(exitCode, stderr).toBe(0);
    expect(runs[1]?.stderr).toContain('new embeddings are packed');
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gives the same databases, and no file for each embedding', () => {
    expect(dumpDatabases(packed)).toEqual(dumpDatabases(files));
    expect(readFiles(packed).size).toBe(0);
    expect(existsSync(join(packed, 'ai_data/cache/processed_images.jsonl'))).toBe(false);
  });

  it('is verified, and what is damaged is found and made again', { timeout: 120_000 }, async () => {
    const [, ...given] = toRunArgs(example, packed);
    expect((await runInProcess(['verify', ...given])).exitCode).toBe(0);
    const path = segmentOf(packed, '.f32');
    const bytes = readFileSync(path);
    bytes[1_000] = (bytes[1_000] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const found = await runInProcess(['verify', ...given]);
    expect(found.exitCode).toBe(1);
    expect(found.stdout).toMatch(/1 cached\s+vector missing or damaged/);
    const repaired = await runCli(['verify', ...given, '--repair']);
    expect(repaired.exitCode, repaired.stderr).toBe(0);
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('is exported as the files and lines that other tools read', async () => {
    const exported = await runInProcess(['export-vectors', '--data', packed, '--json']);
    expect(exported.exitCode, exported.stderr).toBe(0);
    expect(readFiles(packed)).toEqual(readFiles(files));
    const toNames = (data: string) =>
      readFileSync(join(data, 'ai_data/cache/processed_images.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { image_path: string }).image_path)
        .sort();
    expect(toNames(packed)).toEqual(toNames(files));
  });
});
