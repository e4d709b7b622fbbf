import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, TransientError } from '@cullstream/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportError } from './report-error.js';

describe('an error', () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'cullstream-report-'));
    mkdirSync(join(dataDir, '.cullstream'));
  });
  afterAll(() => rmSync(dataDir, { recursive: true }));

  async function report(error: unknown, command: readonly string[] = ['plan']) {
    const noted: string[] = [];
    const terminal = { note: (line: string) => void noted.push(line), hasLostReader: () => false };
    return { exitCode: await reportError(error, { terminal, dataDir, command }), noted };
  }

  it('that nobody expected is one sentence, and its details are in a file', async () => {
    const command = [
      'embedder',
      '--nats-password',
      'secret',
      '--nats',
      'nats://me:secret@host:4222',
    ];
    const error = new TypeError('x is not a function', { cause: new Error('below') });
    const { exitCode, noted } = await report(error, command);
    expect(exitCode).toBe(1);
    expect(noted).toHaveLength(1);
    const said =
      /^error: something happened that nobody expected \(TypeError: x is not a function\); the details are in (.*): to report it, open an issue with them$/;
    const path = said.exec(noted[0] ?? '')?.[1] ?? '';
    expect(path).toContain(join(dataDir, '.cullstream', 'logs'));
    const details = readFileSync(path, 'utf8');
    expect(details).toContain('cullstream embedder');
    expect(details).toMatch(/TypeError: x is not a function\n +at /);
    expect(details).toContain('below');
    expect(details).not.toContain('secret');
  });

  it('of a binary for another Node asks for npm rebuild', async () => {
    const file = '/x/node_modules/better-sqlite3/build/Release/better_sqlite3.node';
    const cause = Object.assign(
      new Error(
        `The module '${file}'\nwas compiled against a different Node.js version using\n` +
          'NODE_MODULE_VERSION 127. This version of Node.js requires\nNODE_MODULE_VERSION 115.',
      ),
      { code: 'ERR_DLOPEN_FAILED' },
    );
    const { exitCode, noted } = await report(new Error('SQLite cannot be loaded', { cause }));
    expect(exitCode).toBe(2);
    expect(noted).toHaveLength(1);
    expect(noted[0]).toMatch(/^error: SQLite was installed for another Node .*`npm rebuild`/);
  });

  it('of configuration is each of its problems, in plain words', async () => {
    const raw = "--data: d cannot be written: EACCES: permission denied, mkdir 'd'";
    expect(await report(new ConfigurationError([raw, '--only: x']))).toEqual({
      exitCode: 2,
      noted: [
        'error: --data: d cannot be written: permission denied: give this user access to it',
        'error: --only: x',
      ],
    });
  });

  it('of the system names the path and what to do', async () => {
    const path = join(dataDir, 'missing');
    const error: unknown = await readFile(path).catch((thrown: unknown) => thrown);
    expect(await report(error)).toEqual({
      exitCode: 2,
      noted: [`error: ${path}: there is no such file or folder: check the path`],
    });
  });

  it('of our own is its message', async () => {
    expect(await report(new TransientError('the disk sleeps; wake it'))).toEqual({
      exitCode: 1,
      noted: ['error: the disk sleeps; wake it'],
    });
  });
});
