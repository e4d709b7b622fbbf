import { expect, it } from 'vitest';
import { locateDatabase } from './database-location.js';
import { projectOfDatabase } from './database-names.js';
import { createForeignDatabase, createTemporaryData } from './testing/temporary-data.js';

it('finds a database of the user whichever form the accents in its name have', () => {
  using data = createTemporaryData();
  const path = data.toPath(`${'Müller'.normalize('NFD')}.db`);
  createForeignDatabase(path, 'CREATE TABLE ai_decisions (group_id TEXT, images TEXT)');
  const { main, staging, staged } = locateDatabase(data.dataDir, 'Müller'.normalize('NFC'));
  expect(main).toEqual({ path, owner: 'user' });
  expect(staged).toBe(true);
  expect(staging.path.endsWith(`${'Müller'.normalize('NFC')}_ai_predictions_temp.db`)).toBe(true);
});

it('tells the project of a database by its file name', () => {
  expect(projectOfDatabase('dalia.db')).toBe('dalia');
  expect(projectOfDatabase('dalia_ai_predictions_temp.db')).toBe('dalia');
  expect(projectOfDatabase(`${'é'.normalize('NFD')}.db`)).toBe('é'.normalize('NFC'));
  expect(projectOfDatabase('a:b.db')).toBeUndefined();
  expect(projectOfDatabase('notes.txt')).toBeUndefined();
});
