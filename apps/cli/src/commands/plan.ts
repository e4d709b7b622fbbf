import { existsSync } from 'node:fs';
import { describeEncoding, type RejectedSource } from '@cullstream/contracts';
import { requireDevice } from '@cullstream/inference';
import { formatSeconds } from '@cullstream/report';
import { withoutRawErrors } from '@cullstream/runtime';
import { identifyProject, locateDatabase, readAcceptances } from '@cullstream/store';
import { counted, formatCount } from '../output/format.js';
import { formatTable } from '../output/format-table.js';
import { firstLines, limit } from '../output/limit.js';
import { findKnownRates, toEstimate, type KnownRates } from '../plan/known-rates.js';
import { prepareRun, type PreparedRun } from '../run/prepare-run.js';
import type { PlanSettings } from '../settings/settings.js';
import type { CommandContext } from './command-context.js';

interface PlanRow {
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

/** Dry run: what a run would find and do. Writes nothing. */
export async function plan(settings: PlanSettings, context: CommandContext): Promise<number> {
  await requireDevice(settings.device);
  const prepared = await prepareRun(settings, context.log, {
    note: (line) => context.terminal.note(line),
  });
  const rates = await findKnownRates(prepared.models, settings);
  const document = toDocument(prepared, rates, settings);
  const { terminal } = context;
  terminal.print(settings.json ? JSON.stringify(document, null, 2) : toText(document));
  const { acceptances } = await readAcceptances(settings.data);
  const isAccepted = ({ name, source, message, content }: RejectedSource) =>
    acceptances.find(
      identifyProject({ project_id: name, zip_file: source, message, source_content: content }),
    ) !== undefined;
  return prepared.plan.rejected.every(isAccepted) ? 0 : 1;
}

type PlanDocument = ReturnType<typeof toDocument>;

function toDocument(
  { models, plan: found }: PreparedRun,
  rates: KnownRates,
  settings: PlanSettings,
) {
  const pending = found.projects.map(({ project, cached, warnings }): PlanRow => {
    const legacy = found.legacyMatches.get(project.name) ?? 0;
    const toEmbed = project.images - cached - legacy;
    return {
      ...countsOf(project),
      ...databasesOf(settings.data, project.name),
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
      ...countsOf(project),
      ...databasesOf(settings.data, project.name),
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

function countsOf(project: PreparedRun['plan']['projects'][number]['project']) {
  const { name, source, images, groups, ungrouped } = project;
  return { project: name, source, images, groups, ungrouped };
}

function databasesOf(dataDir: string, project: string) {
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

function toText({ projects, totals, models, recipes, notes, estimate }: PlanDocument) {
  const head = [
    'project',
    'source',
    'state',
    'images',
    'groups',
    'ungrouped',
    'cached',
    'to embed',
    'existing',
    'writes',
  ];
  const isUrgent = ({ state }: PlanRow) => state === 'missing' || state === 'unreadable';
  const { shown, more } = limit(projects, { what: 'project', isUrgent });
  const rows = shown.map((row) => [
    row.project,
    row.source,
    row.state,
    row.images,
    row.groups,
    row.ungrouped,
    row.cached + row.legacy,
    row.toEmbed,
    row.existing === null ? '-' : row.existingIsOurs ? 'ours' : "the user's",
    row.writes?.split('/').at(-1) ?? '-',
  ]);
  const lines = projects.flatMap(({ project, note, warnings }) =>
    [...(note === null ? [] : [note]), ...warnings].map((text) =>
      withoutRawErrors(`${project}: ${text}`),
    ),
  );
  return [
    formatTable(head, rows, { spare: ['source', 'ungrouped', 'existing', 'writes', 'cached'] }),
    ...more,
    ...firstLines(lines, { what: 'note' }),
    `embedder ${models.embedder.file}, ranker ${models.ranker.file}, crop proposer ${models.crop_proposer.file}`,
    `embedding recipe ${recipes.embedding} (${describeEncoding(recipes)}), prediction recipe ${recipes.prediction}`,
    ...notes,
    `${counted(totals.images, 'image')} in ${counted(totals.projects, 'project')}: ` +
      `${formatCount(totals.toEmbed)} to embed, ${counted(totals.groups, 'group')}; ` +
      (totals.pending === 0
        ? 'nothing is left to do'
        : `about ${formatSeconds(estimate.seconds)} ` +
          `(${formatSeconds(estimate.low)} to ${formatSeconds(estimate.high)})`),
    ...(totals.toEmbed === 0
      ? []
      : [`${estimate.rates.embed.toFixed(1)} images/s, ${estimate.rates.because}`]),
    'nothing was written',
  ].join('\n');
}
