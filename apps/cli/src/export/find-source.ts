import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, projectName } from '@cullstream/contracts';
import { DATABASE_FOLDER, locateDatabase } from '@cullstream/store';

/** The databases that an export of a project reads. */
export interface ExportSource {
  readonly project: string;
  /** Where cullstream's decisions are; the user's database where cullstream has not worked yet. */
  readonly predictions: string;
  /** The user's database beside it; null where there is one database only. */
  readonly decisions: string | null;
}

/** @throws {ConfigurationError} when the project has no database */
export function findSource(dataDir: string, project: string): ExportSource {
  if (!projectName.safeParse(project).success) {
    throw new ConfigurationError([`--project: "${project}" is no project name`]);
  }
  const { main, staging } = locateDatabase(dataDir, project);
  if (main.owner === 'nobody') {
    const names = listDatabases(dataDir);
    throw new ConfigurationError([
      `--project: "${project}" has no database; there are: ${names.length === 0 ? 'none' : names.join(', ')}`,
    ]);
  }
  return main.owner === 'user' && staging.owner === 'cullstream'
    ? { project, predictions: staging.path, decisions: main.path }
    : { project, predictions: main.path, decisions: null };
}

function listDatabases(dataDir: string): string[] {
  try {
    return readdirSync(join(dataDir, ...DATABASE_FOLDER))
      .filter((name) => name.endsWith('.db') && !name.endsWith('_ai_predictions_temp.db'))
      .map((name) => name.slice(0, -'.db'.length))
      .sort();
  } catch {
    return [];
  }
}
