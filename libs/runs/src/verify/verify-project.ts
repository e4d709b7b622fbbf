import { DatabaseError, readDatabaseFacts, readRuns, type Acceptance } from '@cullstream/store';
import type { AcceptedGap } from './accepted-projects.js';
import { checkRows } from './check-rows.js';
import { checkVectors, type OpenCaches } from './check-vectors.js';
import {
  groupGaps,
  imageGaps,
  recipeGaps,
  sourceGaps,
  uncheckedNotes,
  vectorGaps,
} from './find-gaps.js';
import { staleNotes } from './stale-decisions.js';
import { findMisnaming } from './misnamed-database.js';
import type { OwnDatabase } from '@cullstream/versions';

/** What one project's database, cache and catalogue prove, or fail to. */
export interface ProjectProof {
  readonly project: string;
  /** Below the data folder. */
  readonly database: string;
  readonly run: string | null;
  readonly images: number;
  readonly embedded: number;
  readonly cached: number;
  readonly failed: number;
  readonly groups: number;
  readonly decidedGroups: number;
  readonly failedGroups: number;
  readonly vectorsChecked: number;
  /** Short digests; null while every image of the run has failed. */
  readonly embeddingRecipe: string | null;
  readonly predictionRecipe: string | null;
  /** Images that a repair sends through the stages again. */
  readonly repairable: {
    readonly withoutRow: readonly { readonly from: number; readonly to: number }[];
    /** Or whose vector nothing vouches for. */
    readonly withoutVector: readonly number[];
    /** One image of each group whose images all have rows and whose decision is lost. */
    readonly withoutDecision: readonly number[];
    /** Rows that are not as they were stored: a repair deletes them, and the results are made again. */
    readonly damagedRows: number;
    /** The database is damaged: a repair sets it aside and makes it anew. */
    readonly database: boolean;
  };
  /** What is missing or disagrees; empty when the project is complete. */
  readonly gaps: readonly string[];
  /** What a run failed to do, where somebody has taken note of that. */
  readonly accepted: readonly AcceptedGap[];
  /** What is no gap and may surprise. */
  readonly notes: readonly string[];
}

export interface VerifyOptions {
  /** Opened once for all projects. */
  readonly caches: OpenCaches;
  /** What the source holds today, where the originals were given. */
  readonly catalogue?: string | undefined;
  /** Who took note that the run of this project failed. */
  readonly acceptance?: Pick<Acceptance, 'why'> | undefined;
  /** How many vectors are looked at; all without it. */
  readonly sample?: number | undefined;
}

/**
 * As {@link proveProject}; a database that cannot be read, or whose rows cannot be made sense of, is
 * a gap.
 */
export async function verifyProject(
  project: string,
  database: Pick<OwnDatabase, 'path' | 'name'>,
  options: VerifyOptions,
): Promise<ProjectProof> {
  try {
    return await proveProject(project, database, options);
  } catch (error) {
    const isDamaged = error instanceof DatabaseError && error.problem === 'damaged';
    return toUnprovenProject(project, database.name, {
      gap: error instanceof Error ? error.message : String(error),
      isDamaged,
    });
  }
}

/** What is said of a project whose database proves nothing. */
export function toUnprovenProject(
  project: string,
  database: string,
  { gap, isDamaged }: { readonly gap: string; readonly isDamaged: boolean },
): ProjectProof {
  const proof = emptyProof(project, database);
  return { ...proof, repairable: { ...proof.repairable, database: isDamaged }, gaps: [gap] };
}

/**
 * Proves that the newest run of a project is complete: every image of its catalogue ended exactly
 * once, every group is decided or failed, every vector is there and sound, and every row is of the
 * run's recipe. Counts rows, not counters. Writes nothing.
 */
async function proveProject(
  project: string,
  database: Pick<OwnDatabase, 'path' | 'name'>,
  options: VerifyOptions,
): Promise<ProjectProof> {
  const run = readRuns(database.path, project).at(-1)?.run;
  const facts = run === undefined ? undefined : readDatabaseFacts(database.path, project, run);
  if (run === undefined || facts === undefined) {
    return { ...emptyProof(project, database.name), gaps: ['no run has worked on this database'] };
  }
  const others = findMisnaming(project, facts);
  // Its other faults are reported for the project that it belongs to.
  if (others?.isWhole) return { ...emptyProof(project, database.name), gaps: [others.gap] };
  const rows = checkRows(database.path, facts, options.catalogue);
  const vectors = await checkVectors(database.path, facts, options);
  const { progress, outcomes } = facts;
  const undone = [...imageGaps(facts), ...groupGaps(facts)];
  const { acceptance } = options;
  return {
    project,
    database: database.name,
    run,
    images: progress.project.images,
    embedded: outcomes.computed,
    cached: outcomes.cached + outcomes.legacy,
    failed: outcomes.failed,
    groups: progress.project.groups,
    decidedGroups: facts.decidedGroups,
    failedGroups: facts.failedGroups,
    vectorsChecked: vectors.checked,
    embeddingRecipe: facts.recipe?.embedding.id ?? null,
    predictionRecipe: facts.recipe?.id ?? null,
    repairable: {
      withoutRow: facts.missingSequences,
      withoutVector: [...vectors.bad, ...vectors.unindexed].map(({ sequence }) => sequence),
      withoutDecision: facts.sequencesWithoutDecision,
      damagedRows: rows.damagedRows,
      database: rows.isCatalogueDamaged,
    },
    gaps: [
      ...(acceptance === undefined ? undone : []),
      ...(others === undefined ? [] : [others.gap]),
      ...rows.gaps,
      ...recipeGaps(facts),
      ...vectorGaps(vectors),
      ...sourceGaps(facts, options.catalogue),
    ],
    accepted:
      acceptance === undefined ? [] : undone.map((gap) => ({ project, gap, why: acceptance.why })),
    notes: [
      ...rows.notes,
      ...uncheckedNotes(vectors),
      ...staleNotes(project, database.path, facts),
    ],
  };
}

function emptyProof(project: string, database: string): ProjectProof {
  return {
    project,
    database,
    run: null,
    images: 0,
    embedded: 0,
    cached: 0,
    failed: 0,
    groups: 0,
    decidedGroups: 0,
    failedGroups: 0,
    vectorsChecked: 0,
    embeddingRecipe: null,
    predictionRecipe: null,
    repairable: {
      withoutRow: [],
      withoutVector: [],
      withoutDecision: [],
      damagedRows: 0,
      database: false,
    },
    gaps: [],
    accepted: [],
    notes: [],
  };
}
