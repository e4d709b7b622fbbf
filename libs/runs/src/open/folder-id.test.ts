import { expect, it } from 'vitest';
import { createDataFolder } from '../testing/data-folder.js';
import { folderId } from './folder-id.js';

it('a data folder keeps its id, and has another than others', async () => {
  using data = createDataFolder();
  using other = createDataFolder();
  const [id, same] = await Promise.all([folderId(data.path), folderId(data.path)]);
  expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(same).toBe(id);
  expect(await folderId(data.path)).toBe(id);
  expect(await folderId(other.path)).not.toBe(id);
});
