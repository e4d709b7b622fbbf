import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { runCli } from './support/run-cli.js';

const hook = fileURLToPath(new URL('support/die-of-name.js', import.meta.url));

interface Document {
  projects: { project_id: string; status: string; message?: string }[];
}

let folder: string;
let example: Example;

describe.skipIf(process.platform === 'win32')('an input that ends the process', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-deadly-'));
    example = await makeExample(folder, 1);
    const { originals } = example;
    copyFileSync(join(originals, 'first.zip'), join(originals, 'kills-extractor.zip'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('costs its project, named, and the others go on', async () => {
    const { exitCode, stdout, stderr } = await runCli(
      [...toRunArgs(example, join(folder, 'data')), '--json'],
      { NODE_OPTIONS: `--import=${hook}` },
    );
    expect(exitCode, stderr).toBe(1);
    const { projects } = JSON.parse(stdout) as Document;
    expect(projects.map(({ project_id: id, status }) => [id, status]).sort()).toEqual([
      ['first', 'success'],
      ['kills-extractor', 'failed'],
      ['loose', 'success'],
      ['second', 'success'],
    ]);
    expect(stdout).toContain('kills-extractor.zip: working on it ended the extractor 3 times');
    expect(stderr).toContain(
      'the extractor ended with signal SIGKILL and is started again: it was killed',
    );
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});
