import { toWords, writeSettings, type RunRecord } from '@cullstream/contracts';
import { toSummary, type Summary } from '@cullstream/report';
import { findAccepted, identifyProject, readAcceptances } from '@cullstream/store';
import { toExcluded } from './open-run.js';
import type { PreparedRun } from '../plan/prepare-run.js';

/** The summary of a run that finds everything done. It is printed and not kept. */
export async function summarizeCompletedProjects(
  { models, plan }: PreparedRun,
  dataDir: string,
): Promise<Summary> {
  const now = new Date();
  const record: RunRecord = {
    v: 1,
    run: 'nothing-to-do',
    createdAt: now.toISOString(),
    state: 'completed',
    recipe: models.predictionRecipe,
    notes: models.notes.map((note) => writeSettings(note, toWords)),
    options: { minGroupSize: 1, timeGapMinutes: null, legacyCache: 'ignore' },
    projects: [],
    skipped: [...plan.skipped],
    rejected: [...plan.rejected],
    excluded: toExcluded(plan),
    legacySamples: [],
    extractedAt: null,
    completedAt: null,
    summary: null,
  };
  const { acceptances, problem } = await readAcceptances(dataDir);
  const { projects, problems } = findAccepted(dataDir, record, acceptances);
  return toSummary(record, [], now, {
    accepted: projects,
    findAcceptedProject: (project) => acceptances.find(identifyProject(project)),
    warnings: [...(problem === undefined ? [] : [problem]), ...problems],
  });
}
