import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseReplacing } from './refuse-replacing.js';

let data: string;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'cullstream-replacing-'));
  mkdirSync(join(data, 'training', 'ai_training_decisions'), { recursive: true });
});
afterEach(() => rmSync(data, { recursive: true }));

function findProblems(settings: Readonly<Record<string, string>>): readonly string[] {
  try {
    refuseReplacing({ data, ...settings });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems;
  }
}

describe('refuseReplacing', () => {
  it.each([
    'training/ai_training_decisions/aurora.db',
    'training/ai_training_decisions/new/aurora.csv',
    'ai_data/models/ranker.pt',
    'ai_data/cache/processed_images.jsonl',
    '.cullstream/projects.json',
  ])('refuses %s of the data folder', (path) => {
    expect(findProblems({ out: join(data, path) })).toEqual([
      expect.stringMatching(
        /^‹out›: .* lies in .*, where cullstream keeps its own files; name another/,
      ),
    ]);
  });

  it.each([
    ['SQLite format 3\0 and more', 'a database'],
    ['PK\u0003\u0004 and more', 'a zip archive'],
    ['\u0089PNG\r\n', 'an image'],
    ['\u00FF\u00D8\u00FF\u00E0', 'an image'],
  ])('refuses to replace a file that begins with %j', (content, what) => {
    const path = join(data, 'file');
    writeFileSync(path, content, 'latin1');
    symlinkSync(path, join(data, 'link'));
    expect(findProblems({ html: path, file: join(data, 'link') })).toEqual([
      `‹html›: ${path} is ${what}, which is never replaced; name another file`,
      `file: ${join(data, 'link')} is ${what}, which is never replaced; name another file`,
    ]);
  });

  it('lets other files be replaced or made, in the data folder and elsewhere', () => {
    writeFileSync(join(data, 'rows.csv'), 'project_id\n');
    writeFileSync(join(data, 'empty'), '');
    for (const name of ['rows.csv', 'empty', 'new/rows.csv', 'training/rows.csv', 'ai_data/a.html'])
      expect(findProblems({ out: join(data, name) })).toEqual([]);
    expect(findProblems({ out: '/dev/stdout', dir: data })).toEqual([]);
  });

  it('follows links into the data folder', () => {
    symlinkSync(join(data, 'training', 'ai_training_decisions'), join(data, 'link'));
    expect(findProblems({ out: join(data, 'link', 'aurora.db') })).toHaveLength(1);
  });
});
