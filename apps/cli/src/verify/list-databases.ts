import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toProjectName } from '@cullstream/contracts';
import { DATABASE_FOLDER, isCullstreamDatabase } from '@cullstream/store';

export interface OwnDatabase {
  readonly project: string;
  readonly path: string;
  /** Below the data folder, with `/`. */
  readonly name: string;
}

const STAGED = /_ai_predictions_temp$/;

/** Every database below a data folder that cullstream created, by project. */
export async function listOwnDatabases(dataDir: string): Promise<OwnDatabase[]> {
  const folder = join(dataDir, ...DATABASE_FOLDER);
  const files = await readdir(folder).catch(() => []);
  return files
    .filter((file) => file.endsWith('.db'))
    .sort()
    .map((file) => ({
      project: toProjectName(file.slice(0, -'.db'.length).replace(STAGED, '')),
      path: join(folder, file),
      name: [...DATABASE_FOLDER, file].join('/'),
    }))
    .filter(({ path }) => isCullstreamDatabase(path));
}
