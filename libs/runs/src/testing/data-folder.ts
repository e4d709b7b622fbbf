import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createProjectDatabase, openProjectDatabase, type ImageResult } from '@cullstream/store';
import type { OwnDatabase } from '@cullstream/versions';

/** A data folder that is gone when the test's scope ends (`using`). */
export interface DataFolder extends Disposable {
  readonly path: string;
  /** Writes a file, its folders too. */
  write(name: string, content: string): string;
  /** Stores results of one project as the writer does. */
  store(results: readonly ImageResult[], at?: string): Promise<OwnDatabase>;
}

export function createDataFolder(): DataFolder {
  const path = mkdtempSync(join(tmpdir(), 'cullstream-runs-'));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    async store(results, at = '2026-01-31T12:00:00.000Z') {
      const project = results[0]?.project.name ?? '';
      const options = { dataDir: path, project };
      const created = await createProjectDatabase(options, results, new Date(at));
      if (created !== undefined) {
        return { project, path: join(path, created.name), name: created.name };
      }
      const database = await openProjectDatabase(options);
      database.apply(results, new Date(at));
      database.close();
      return { project, path: database.path, name: database.name };
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
