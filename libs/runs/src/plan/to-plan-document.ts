import { existsSync } from 'node:fs';
import { locateDatabase } from '@cullstream/store';
import { toEstimate, type KnownRates } from './known-rates.js';
import type { PreparedRun } from './prepare-run.js';

/** What a run would do with one project. */
export interface PlanRow {
  readonly project: string;
  readonly source: string;
  readonly images: number;
  readonly groups: number;
  readonly ungrouped: number;
  readonly cached: number;
  readonly legacy: number;
  readonly toEmbed: number;
  readonly state: 'pending' | 'complete' | 'empty' | 'done' | 'excluded' | 'missing' | 'unreadable';
  /** Database that stands already, below the data folder. */
  readonly existing: string | null;
  readonly existingIsOurs: boolean;
  /** Database that would be written, below the data folder. */
  readonly writes: string | null;
  readonly note: string | null;
  readonly warnings: readonly string[];
}

export type PlanDocument = ReturnType<typeof toPlanDocument>;

/** What a run would find and do, and how long that takes at those rates. */
export function toPlanDocument(
  { models, plan: found }: PreparedRun,
  rates: KnownRates,
  dataDir: string,
) {
  const pending = found.projects.map(({ project, cached, warnings }): PlanRow => {
    const legacy = found.legacyMatches.get(project.name) ?? 0;
    const toEmbed = project.images - cached - legacy;
    return {
      ...toCounts(project),
      ...listDatabases(dataDir, project.name),
      state: 'pending',
      cached,
      legacy,
      toEmbed,
      note: null,
      warnings,
    };
  });
  const complete = found.skipped.map(({ project, counts, database, warnings = [] }): PlanRow => {
    const cached = counts.embedded + counts.cached;
    return {
      ...toCounts(project),
      ...listDatabases(dataDir, project.name),
      state: database === null ? 'empty' : 'complete',
      cached,
      legacy: 0,
      toEmbed: 0,
      writes: null,
      note: database === null ? 'holds no image' : `complete in ${database}`,
      warnings,
    };
  });
  const excluded = found.excluded.map((source) => emptyRow(source, 'excluded'));
  const done = found.done.map((source): PlanRow => {
    const { images, groups } = source;
    return { ...emptyRow(source, 'done'), images, groups };
  });
  const rejected = found.rejected.map((source) =>
    emptyRow(source, found.missing.has(source.name) ? 'missing' : 'unreadable'),
  );
  const projects = [...pending, ...complete, ...done, ...excluded, ...rejected];
  const toEmbed = sum(pending, 'toEmbed');
  const fromCache = sum(pending, 'cached') + sum(pending, 'legacy');
  const estimate = toEstimate({ toEmbed, cached: fromCache }, rates);
  return {
    models: {
      embedder: { ...models.embeddingRecipe.model, path: models.files.embedder },
      ranker: { ...models.predictionRecipe.ranker, path: models.files.ranker },
      crop_proposer: { ...models.predictionRecipe.crop, path: models.files.crop },
    },
    recipes: {
      embedding: models.embeddingRecipe.id,
      prediction: models.predictionRecipe.id,
      preprocessing: models.embeddingRecipe.preprocessing,
      precision: models.embeddingRecipe.precision,
      activation: models.embeddingRecipe.activation,
    },
    notes: models.notes,
    projects,
    totals: {
      projects: projects.length,
      pending: pending.length,
      images: sum(projects, 'images'),
      groups: sum(projects, 'groups'),
      ungrouped: sum(projects, 'ungrouped'),
      cached: sum(projects, 'cached'),
      toEmbed,
    },
    estimate_seconds: estimate.seconds,
    estimate: { ...estimate, rates },
  };
}

function toCounts(project: PreparedRun['plan']['projects'][number]['project']) {
  const { name, source, images, groups, ungrouped } = project;
  return { project: name, source, images, groups, ungrouped };
}

function listDatabases(dataDir: string, project: string) {
  const location = locateDatabase(dataDir, project);
  const existing = existsSync(location.main.path)
    ? `training/ai_training_decisions/${project}.db`
    : null;
  return {
    existing,
    existingIsOurs: location.main.owner === 'cullstream',
    writes: location.targetName,
  };
}

function emptyRow(
  { name, source, message }: PreparedRun['plan']['rejected'][number],
  state: PlanRow['state'],
): PlanRow {
  return {
    project: name,
    source,
    images: 0,
    groups: 0,
    ungrouped: 0,
    cached: 0,
    legacy: 0,
    toEmbed: 0,
    state,
    existing: null,
    existingIsOurs: false,
    writes: null,
    note: message,
    warnings: [],
  };
}

type CountKey = 'images' | 'groups' | 'ungrouped' | 'cached' | 'legacy' | 'toEmbed';

function sum(rows: readonly PlanRow[], key: CountKey): number {
  return rows.reduce((total, row) => total + row[key], 0);
}
