import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeSystemError, isPathError, withoutRawErrors } from './describe-system-error.js';

describe('a failed system call', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-errors-'));
    file = join(folder, 'a file');
    writeFileSync(file, '');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function failing(work: () => Promise<unknown>): Promise<Error> {
    return work().then(
      () => new Error('it did not fail'),
      (error: unknown) => error as Error,
    );
  }

  it.each([
    [() => readFile(folder), () => 'it is a folder: name a file'],
    [
      () => readFile(join(folder, 'missing')),
      () => `${join(folder, 'missing')}: there is no such file or folder: check the path`,
    ],
    [
      () => readFile(join(file, 'below')),
      () => `${join(file, 'below')}: part of the path is a file: name a folder there`,
    ],
    [
      () => mkdir(file),
      () => `${file}: something else has that name already: choose another one, or move it away`,
    ],
  ])('says what it means and what to do (%#)', async (work, expected) => {
    const error = await failing(work);
    expect(describeSystemError(error)).toBe(expected());
    expect(isPathError(error)).toBe(true);
    expect(withoutRawErrors(error.message)).toBe(expected());
  });

  it('is named where the error does not name its path', async () => {
    const error = await failing(() => readFile(folder));
    expect(describeSystemError(error, folder)).toBe(`${folder}: it is a folder: name a file`);
  });

  it('is put in plain words within a sentence, and its path is said once', async () => {
    const error = await failing(() => readFile(join(folder, 'missing')));
    const path = join(folder, 'missing');
    expect(withoutRawErrors(`${path}: cannot be read: ${String(error)}`)).toBe(
      `${path}: cannot be read: there is no such file or folder: check the path`,
    );
  });

  it('leaves other texts alone', () => {
    const text = "stage E2E: it's done, open 'a'";
    expect(withoutRawErrors(text)).toBe(text);
    expect(describeSystemError(new Error(text))).toBe(text);
  });
});
