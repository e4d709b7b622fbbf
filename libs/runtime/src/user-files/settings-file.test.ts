import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseSettings } from '../settings.js';
import { fileSource } from './settings-file.js';

const schema = z.object({ originals: z.string(), timeGapMinutes: z.number().optional() });
const known = ['originals', 'timeGapMinutes', 'embedder', 'embedders', 'out'];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function read(text: string): Promise<unknown> {
  const path = join(folder, 'cullstream.yaml');
  writeFileSync(path, text);
  return parseSettings(schema, [await fileSource(path, { required: true, known })]);
}

const readProblems = async (text: string): Promise<readonly string[]> => {
  const { problems } = (await read(text).catch((error: unknown) => error)) as {
    problems: readonly string[];
  };
  return problems.map((problem) => problem.replace(`${folder}/`, ''));
};

describe('a settings file', () => {
  it('may write its keys either way, and have those of other commands', async () => {
    const text = 'originals: /media\ntime-gap-minutes: 5\nout: decisions.csv\n';
    expect(await read(text)).toEqual({ originals: '/media', timeGapMinutes: 5 });
  });

  it('has every problem reported together, with its line and what was meant', async () => {
    expect(
      await readProblems(
        '# where things are\norignals: /media\ntime_gap_minutes: 5\n\nEmbeder: a.pt\nwhatever: 1\n',
      ),
    ).toEqual([
      'cullstream.yaml, line 2: there is no setting "orignals"; did you mean "originals"?',
      'cullstream.yaml, line 3: there is no setting "time_gap_minutes"; did you mean "timeGapMinutes"?',
      'cullstream.yaml, line 5: there is no setting "Embeder"; did you mean "embedder"?',
      'cullstream.yaml, line 6: there is no setting "whatever"',
      '‹originals›: is required (CULL_ORIGINALS)',
    ]);
  });

  it('has a setting once, however it is written', async () => {
    expect(await readProblems('originals: a\noriginals: b\n')).toEqual([
      'cullstream.yaml, line 2: the same key stands here twice',
    ]);
    expect(await readProblems('originals: a\ntimeGapMinutes: 5\ntime-gap-minutes: 6\n')).toEqual([
      'cullstream.yaml, line 3: the setting "timeGapMinutes" stands there twice',
    ]);
  });

  it('says where it is not YAML, and what it should have been', async () => {
    const [problem] = await readProblems('originals: a\nembedder: "b\n');
    expect(problem).toMatch(/^cullstream\.yaml, line 3: this is not YAML: /);
    expect(await readProblems('- originals\n')).toEqual([
      'cullstream.yaml: expected a mapping of settings, one "name: value" a line',
    ]);
  });

  it('is missed where it was named, and only there', async () => {
    const path = join(folder, 'none.yaml');
    expect(await fileSource(path, { required: false, known })).toMatchObject({ values: {} });
    await expect(fileSource(path, { required: true, known })).rejects.toThrow(
      `‹config›: ${path}: there is no such settings file`,
    );
    mkdirSync(path);
    await expect(fileSource(path, { required: false, known })).rejects.toThrow(
      `${path}: the settings file cannot be read: it is a folder; name a file`,
    );
  });
});
