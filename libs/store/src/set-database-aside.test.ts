import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { setDatabaseAside } from './set-database-aside.js';
import { createTemporaryData } from './testing/temporary-data.js';

const NOW = new Date('2026-01-31T09:45:00.123Z');

it('keeps a database with all that belongs to it, and never in place of another', () => {
  using data = createTemporaryData();
  const path = join(data.dataDir, 'dalia.db');
  const names = ['first', 'second'].map((content) => {
    writeFileSync(path, content);
    writeFileSync(`${path}-wal`, `the log of the ${content}`);
    const aside = setDatabaseAside(path, NOW);
    expect([existsSync(path), existsSync(`${path}-wal`)]).toEqual([false, false]);
    expect(readFileSync(aside, 'utf8')).toBe(content);
    expect(readFileSync(`${aside}-wal`, 'utf8')).toBe(`the log of the ${content}`);
    return aside;
  });
  expect(names).toEqual([`${path}.damaged-20260131T094500Z`, `${path}.damaged-20260131T094500Z-2`]);
});
