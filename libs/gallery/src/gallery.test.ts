import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logFile } from '@cullstream/report';
import { DATABASE_FOLDER } from '@cullstream/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGallery } from './gallery.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cullstream-gallery-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

it.each([
  ['that is text now', 'no database'.repeat(600)],
  ['that is empty now', ''],
])('shows what is wrong with a database %s', async (_what, contents) => {
  const name = [...DATABASE_FOLDER, 'aurora.db'].join('/');
  for (const file of [name, logFile]) mkdirSync(join(dataDir, file, '..'), { recursive: true });
  writeFileSync(join(dataDir, logFile), `${JSON.stringify({ database: name })}\n`);
  writeFileSync(join(dataDir, name), contents);
  const gallery = createGallery({ dataDir, pictures: undefined });
  const problem = expect.stringMatching(
    /is no SQLite database any more.*cullstream verify/,
  ) as string;
  expect(await gallery.listProjects()).toEqual([{ project: 'aurora', versions: [], problem }]);
  const query = { show: 'all', order: 'catalogue', offset: 0, limit: 1 } as const;
  await expect(gallery.readGroups('aurora', query)).rejects.toThrow(
    /is no SQLite database any more/,
  );
});
