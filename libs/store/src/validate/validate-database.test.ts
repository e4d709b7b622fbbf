import { closeSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openProjectDatabase } from '../project-database.js';
import { predictedImages } from '../testing/image-results.js';
import { sampleDatabase } from '../testing/sample-database.js';
import {
  createForeignDatabase,
  createTemporaryData,
  readFileTrace,
} from '../testing/temporary-data.js';
import { Sqlite } from '../sqlite.js';
import { validateDatabase } from './validate-database.js';

const PAGE_BYTES = 4096;

const LOOSE_TABLE = `CREATE TABLE ai_decisions (group_id TEXT, timestamp TEXT, project_id TEXT,
  images TEXT, ai_selected_index INTEGER, ai_crop_coords TEXT, ai_confidence REAL,
  user_selected_index INTEGER, image_width INTEGER, image_height INTEGER)`;

const GOOD_ROW = {
  group_id: `'g'`,
  timestamp: `'2026-01-31T09:45:00Z'`,
  project_id: `'p'`,
  images: `'["1.png","2.png"]'`,
  ai_selected_index: '1',
  ai_crop_coords: `'[0.1,0.2,0.8,0.9]'`,
  ai_confidence: '0.5',
  user_selected_index: '0',
  image_width: '640',
  image_height: '480',
};

function insert(changes: Partial<typeof GOOD_ROW>): string {
  const row = { ...GOOD_ROW, ...changes };
  return `INSERT INTO ai_decisions (${Object.keys(row).join()}) VALUES (${Object.values(row).join()})`;
}

describe('validateDatabase', () => {
  it('finds nothing wrong with a database of ours', async () => {
    using data = createTemporaryData();
    const database = await openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
    database.apply(predictedImages({ groupSizes: [2, 3] }), new Date());
    database.close();
    expect(validateDatabase(database.path)).toMatchObject({
      ours: true,
      findings: [],
      statistics: { rows: 2, withPrediction: 2, withUserDecision: 0, withBoth: 0 },
    });
  });

  it('reads the sample without a trace', () => {
    const before = readFileTrace(sampleDatabase);
    const validation = validateDatabase(sampleDatabase);
    expect(readFileTrace(sampleDatabase)).toEqual(before);
    expect(validation).toMatchObject({
      ours: false,
      findings: [],
      statistics: { rows: 10, withPrediction: 3, withUserDecision: 10, agreeing: 3 },
    });
  });

  it.each([
    ['required-value', { project_id: 'NULL' }, 'project_id is empty'],
    ['json', { images: `'[1'` }, 'images is no JSON list of file names'],
    ['json', { ai_crop_coords: `'x'` }, 'ai_crop_coords is no JSON'],
    [
      'index-in-group',
      { ai_selected_index: '2' },
      'ai_selected_index is 2, the group has 2 images',
    ],
    ['index-in-group', { user_selected_index: '-1' }, 'user_selected_index is -1, not a position'],
    [
      'box',
      { ai_crop_coords: `'[0.1,0.2,1.8,0.9]'` },
      'ai_crop_coords [0.1,0.2,1.8,0.9] is not within 0 and 1',
    ],
    [
      'box',
      { ai_crop_coords: `'[0.9,0.2,0.1,0.9]'` },
      'ai_crop_coords [0.9,0.2,0.1,0.9] is inverted',
    ],
    ['box', { ai_crop_coords: `'[1,2,3]'` }, 'ai_crop_coords is [1,2,3], not four numbers'],
    ['confidence', { ai_confidence: '1.5' }, 'ai_confidence is 1.5, not within 0 and 1'],
    ['dimensions', { image_width: '0' }, 'image_width is 0, not a size in pixels'],
  ])('reports %s as an error: %o', (check, changes, message) => {
    using data = createTemporaryData();
    createForeignDatabase(data.toPath('p.db'), LOOSE_TABLE, insert(changes));
    expect(validateDatabase(data.toPath('p.db')).findings).toEqual([
      { severity: 'error', check, groupId: 'g', message },
    ]);
  });

  it('warns of images in two groups and of images no source holds', () => {
    using data = createTemporaryData();
    const path = data.toPath('p.db');
    const second = insert({ group_id: `'h'`, images: `'["2.png","faces/3.png"]'` });
    createForeignDatabase(path, LOOSE_TABLE, insert({}), second);
    const sourceImages = new Set(['a/1.png', 'a/3.png']);
    expect(validateDatabase(path, { sourceImages }).findings).toEqual([
      {
        severity: 'warning',
        check: 'unknown-image',
        groupId: 'g',
        message: '2.png is not in the source',
      },
      { severity: 'warning', check: 'duplicate-image', groupId: 'h', message: '2.png is in g too' },
      {
        severity: 'warning',
        check: 'unknown-image',
        groupId: 'h',
        message: '2.png is not in the source',
      },
    ]);
  });

  it('accepts the six-column version', () => {
    using data = createTemporaryData();
    createForeignDatabase(
      data.toPath('p.db'),
      `CREATE TABLE ai_decisions (group_id TEXT, project_id TEXT, images TEXT,
        ai_selected_index INTEGER, ai_crop_coords TEXT, ai_confidence REAL)`,
      `INSERT INTO ai_decisions VALUES ('g', 'p', '["1.png"]', 0, NULL, 1.0)`,
    );
    expect(validateDatabase(data.toPath('p.db')).findings).toEqual([]);
  });

  it('names missing columns and a missing table', () => {
    using data = createTemporaryData();
    createForeignDatabase(data.toPath('a.db'), 'CREATE TABLE ai_decisions (group_id TEXT)');
    createForeignDatabase(data.toPath('b.db'), 'CREATE TABLE notes (text TEXT)');
    const [first, second] = ['a.db', 'b.db'].map((name) => validateDatabase(data.toPath(name)));
    expect(first?.findings).toMatchObject([
      {
        check: 'schema',
        message:
          'ai_decisions has no column project_id, images, ai_selected_index, ai_crop_coords, ai_confidence',
      },
    ]);
    expect(second?.findings).toMatchObject([{ message: 'there is no table ai_decisions' }]);
  });

  it('reports damaged files and files that are no databases', async () => {
    using data = createTemporaryData();
    const database = await openProjectDatabase({ dataDir: data.dataDir, project: 'cut' });
    database.apply(predictedImages({ project: 'cut', groupSizes: [400] }), new Date());
    database.close();
    truncateSync(database.path, 8192);
    writeFileSync(data.toPath('text.db'), 'not a database, however one looks at it'.repeat(50));
    const checks = ['cut.db', 'text.db'].map(
      (name) => validateDatabase(data.toPath(name)).findings[0]?.check,
    );
    expect(checks).toEqual(['integrity', 'integrity']);
  });

  it('warns of a database that is locked, and checks what was last committed', () => {
    using data = createTemporaryData();
    const path = data.toPath('p.db');
    createForeignDatabase(path, LOOSE_TABLE, insert({}));
    const other = new Sqlite(path);
    other.exec('BEGIN EXCLUSIVE; DELETE FROM ai_decisions');
    expect(validateDatabase(path)).toMatchObject({
      findings: [
        {
          severity: 'warning',
          check: 'locked',
          message: expect.stringMatching(/^another program has it locked/) as string,
        },
      ],
      statistics: { rows: 1 },
    });
    other.exec('ROLLBACK');
    expect(validateDatabase(path).findings).toEqual([]);
    other.close();
  });

  it('names a page that is damaged, and the rows that can be read', () => {
    using data = createTemporaryData();
    const path = data.toPath('p.db');
    const many = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
      INSERT INTO ai_decisions SELECT 'g' || i, 't', 'p', '["' || i || '.png"]', 0, NULL, 1.0,
        NULL, 640, 480 FROM n`;
    createForeignDatabase(path, LOOSE_TABLE, many);
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(PAGE_BYTES, 0x5a), 0, PAGE_BYTES, 4 * PAGE_BYTES);
    closeSync(file);
    const before = readFileTrace(path);
    const { findings } = validateDatabase(path);
    expect(readFileTrace(path)).toEqual(before);
    expect(new Set(findings.map(({ severity, check }) => `${severity} ${check}`))).toEqual(
      new Set(['error integrity']),
    );
    expect(findings[0]?.message).toMatch(/page 5|Page 5/);
    expect(findings.at(-1)?.message).toMatch(/restore it from a backup or move it away/);
  });
});
