import type { StoredVersion } from '@cullstream/store';
import type { ProjectVersions } from './find-versions.js';

/** A version of a project as one flat row. */
export type VersionRow = ReturnType<typeof toRow>;

export function toVersionRows({ database, versions: all }: ProjectVersions): VersionRow[] {
  return all.map((version) => toRow(database, version));
}

function toRow(database: ProjectVersions['database'], found: StoredVersion) {
  const { version, recipe, runs, newestCompleted, currentRows } = found;
  const newest = newestCompleted ?? runs.at(-1);
  return {
    project: database.project,
    version,
    current: currentRows > 0,
    current_groups: currentRows,
    first_run: runs[0]?.run ?? null,
    last_run: newest?.run ?? null,
    completed_at: newestCompleted?.completedAt ?? null,
    runs: runs.length,
    images: newest?.project.images ?? 0,
    failed_images: newest?.counts.failed ?? 0,
    groups: newest?.project.groups ?? 0,
    decided_groups: newest?.counts.decidedGroups ?? 0,
    embedder: recipe.embedding,
    ranker: recipe.ranker,
    crop_proposer: recipe.crop,
    database: database.name,
  };
}
