import { expect, it, vi } from 'vitest';

const loadSqlite = vi.hoisted(() => vi.fn(() => undefined));
vi.mock('@cullstream/sqlite', () => ({ loadSqlite }));

it('loads SQLite with the first use, not while modules are imported', async () => {
  const { Sqlite } = await import('./index.js');
  expect(loadSqlite).not.toHaveBeenCalled();
  loadSqlite.mockImplementation(() => {
    throw new Error('run `npm rebuild`');
  });
  expect(() => new Sqlite(':memory:')).toThrow('npm rebuild');
});
