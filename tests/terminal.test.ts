import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runInProcess } from './support/run-in-process.js';

const bin = fileURLToPath(new URL('../apps/cli/bin/cullstream.js', import.meta.url));
const PIPE_BYTES = 65_536;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-terminal-'));
  file = join(folder, 'a file');
  writeFileSync(file, 'x');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a document larger than a pipe', () => {
  let list: string[];
  beforeAll(() => {
    const registry = join(folder, 'registry');
    mkdirSync(registry);
    for (let index = 0; index < 300; index++) {
      const name = `model-${index}`;
      writeFileSync(join(registry, `${name}.json`), JSON.stringify(toDescriptor(name)));
    }
    list = ['models', 'list', '--json', '--registry', registry, '--data', join(folder, 'data')];
  });

  function start(stdout: 'pipe' | number) {
    const stdio: StdioOptions = ['ignore', stdout, 'pipe'];
    const child = spawn(process.execPath, [bin, ...list], { stdio });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = once(child, 'close').then(([exitCode]) => ({
      exitCode: exitCode as number,
      stderr,
    }));
    return { child, ended };
  }

  it('arrives whole, in a file and with a reader that takes its time', async () => {
    const path = join(folder, 'list.json');
    const written = openSync(path, 'w');
    expect(await start(written).ended).toEqual({ exitCode: 0, stderr: '' });
    closeSync(written);
    const { child, ended } = start('pipe');
    const chunks: Buffer[] = [];
    if (child.stdout === null) throw new Error('there is no pipe');
    // Nothing is read before the pipe has something, and then bit by bit.
    await once(child.stdout, 'readable');
    for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
    expect((await ended).exitCode).toBe(0);
    const read = Buffer.concat(chunks);
    expect(read.length).toBeGreaterThan(2 * PIPE_BYTES);
    expect(read.equals(readFileSync(path))).toBe(true);
  });

  it('ends quietly where its reader has enough', async () => {
    const { child, ended } = start('pipe');
    child.stdout?.once('data', () => child.stdout?.destroy());
    expect(await ended).toEqual({ exitCode: 0, stderr: '' });
  });

  it.runIf(existsSync('/dev/full'))('fails where its disk is full, and says so', async () => {
    const full = openSync('/dev/full', 'w');
    expect(await start(full).ended).toEqual({
      exitCode: 1,
      stderr: 'error: the output cannot be written: the disk is full: make room\n',
    });
    closeSync(full);
  });
});

describe('a path that cannot be used', () => {
  const isFile = (flag: string) => `error: ${flag}: ${file} is a file; name a folder`;
  const plan = (...more: string[]) => [
    'plan',
    ...['--originals', join(folder, 'originals'), '--data', join(folder, 'data')],
    ...more,
  ];

  it.each([
    [() => ['keys', '--out', file], () => `error: --out: ${file}: something else has that name`],
    [() => ['demo', '--dir', file], () => `error: --dir: ${file}: something else has that name`],
    [() => ['status', '--data', file], () => isFile('--data')],
    [() => ['run', '--originals', file], () => isFile('--originals')],
    [() => plan('--cache', file), () => isFile('--cache')],
    [() => plan('--config', folder), () => `error: --config: ${folder} is a folder; name a file`],
    [() => ['models', 'import', folder], () => `error: ${folder}: is a folder; name the file`],
    [
      () => ['dead', 'export', folder, '--data', folder],
      () => `error: file: ${folder}: it is a folder`,
    ],
  ])('is named, with what to do (%#)', async (args, expected) => {
    const { exitCode, stderr } = await runInProcess(args());
    expect(stderr).toContain(expected());
    expect(stderr).not.toMatch(/E[A-Z]{4,}| {4}at /);
    expect(exitCode).toBe(2);
  });
});

it('is built so that nothing it loads waits for its main file, which would wait for that', () => {
  const build = fileURLToPath(new URL('../apps/cli/build', import.meta.url));
  const files = readdirSync(build).filter((name) => name.endsWith('.js'));
  expect(files).toContain('main.js');
  const importing = files.filter((name) =>
    /^import\b[^;]*"\.\/main\.js";$/m.test(readFileSync(join(build, name), 'utf8')),
  );
  expect(importing).toEqual([]);
});

describe('a demo', () => {
  it.each(['originals/aurora.zip', 'originals/holiday/1.png', 'data/training/mine.db'])(
    'leaves a folder alone in which it finds %s',
    async (name) => {
      const dir = join(folder, `for ${name.replaceAll('/', ' ')}`);
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), 'mine');
      const { exitCode, stderr } = await runInProcess(['demo', '--dir', dir]);
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringMatching(/^error: --dir: .* is not of the demo, .*; name a new folder$/),
      ]);
      expect(readFileSync(join(dir, name), 'utf8')).toBe('mine');
      expect(readdirSync(dir)).toEqual([name.split('/')[0]]);
    },
  );
});

describe('a data folder that is not there', () => {
  it.each([
    ['export'],
    ['merge'],
    ['streams'],
    ['dead', 'list'],
    ['dead', 'accept'],
    ['dead', 'retry'],
  ])('is not taken for one without work, and is not made (%s %s)', async (...command) => {
    const none = join(folder, 'none');
    const originals = command[1] === 'retry' ? ['--originals', join(folder, 'originals')] : [];
    const { exitCode, stderr } = await runInProcess([...command, '--data', none, ...originals]);
    expect(stderr).toBe(`error: --data: there is no folder ${none}`);
    expect(exitCode).toBe(2);
    expect(existsSync(none)).toBe(false);
  });
});

describe('a number that is none', () => {
  it.each(['', ' ', 'abc', 'NaN', 'Infinity', '1e3', '0x10', '-1', '1.5', '9'.repeat(30)])(
    'is refused with what is expected: "%s"',
    async (value) => {
      const flags = ['--keep-runs', '--health-port'].map((flag) => `${flag}=${value}`);
      const { exitCode, stderr } = await runInProcess(['run', '--originals', folder, ...flags]);
      const lines = stderr.split('\n');
      expect(lines).toHaveLength(2);
      for (const line of lines) {
        expect(line).toMatch(
          /^error: --(keep-runs|health-port): (is empty|expected a whole number from 0)/,
        );
      }
      expect(exitCode).toBe(2);
    },
  );
});

/** A known model, made of one that the project knows. */
function toDescriptor(name: string): object {
  const text = readFileSync(new URL('../models/ranker_v2.json', import.meta.url), 'utf8');
  return { ...(JSON.parse(text) as object), name, files: [toFile(name)] };
}

function toFile(name: string): object {
  return { name: `${name}.pt`, format: 'torch-zip', sha256: null, sizeBytes: null, url: null };
}
