import { expect, it } from 'vitest';
import { createForeignDatabase, createTemporaryData } from '../testing/temporary-data.js';
import { readChoices } from './read-choices.js';

const SCHEMA = `CREATE TABLE ai_decisions (group_id TEXT PRIMARY KEY, images TEXT,
  user_selected_index INTEGER, user_action TEXT, final_crop_coords TEXT, crop_timestamp TEXT)`;

it('choices of a user’s rows: a rejected group has none, whatever index stands there', () => {
  using data = createTemporaryData();
  const path = data.toPath('old.db');
  createForeignDatabase(
    path,
    SCHEMA,
    `INSERT INTO ai_decisions VALUES
      ('cropped', '["1.png","2.png"]', 1, 'crop', '[0,0,0.5,1]', '2026-01-02T03:04:05Z'),
      ('rejected', '["3.png","4.png"]', 0, 'reject', NULL, NULL),
      ('open', '["5.png","6.png"]', NULL, NULL, NULL, NULL)`,
  );
  const location = { main: { path, owner: 'user' }, target: '', targetExists: false } as const;
  expect([...readChoices(location).values()]).toEqual([
    {
      ...{ groupId: 'cropped', source: 'rows', images: ['1.png', '2.png'], selectedIndex: 1 },
      ...{ action: 'crop', crop: [0, 0, 0.5, 1], time: '2026-01-02T03:04:05Z' },
    },
    {
      ...{ groupId: 'rejected', source: 'rows', images: ['3.png', '4.png'], selectedIndex: null },
      ...{ action: 'reject', crop: null, time: null },
    },
  ]);
});
