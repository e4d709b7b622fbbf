import { isBeyondUserColumns, type GroundTruth, type TruthMethod } from '@cullstream/store';
import type { Audit } from './audit-rows.js';
import type { ProvenGroups, TruthFailure } from './prove-project.js';

/** What the finished images of a project show. */
export interface ProjectTruth {
  readonly project_id: string;
  /** Path below the data folder; null if cullstream has no database of the project, so that nothing is stored. */
  readonly database: string | null;
  /** Folder or archive of the finished images. */
  readonly finals: string;
  readonly groups: number;
  readonly approve: number;
  readonly crop: number;
  readonly reject: number;
  readonly ambiguous: readonly { readonly group_id: string; readonly finals: readonly string[] }[];
  readonly unmatched_finals: readonly string[];
  /** Groups whose choice has no room in the user's columns, which older tools limit to the first four images. */
  readonly beyond_user_columns: readonly string[];
  /** How many crops were found by each method. */
  readonly methods: Readonly<Record<TruthMethod, number>>;
  readonly failures: readonly TruthFailure[];
  readonly audit: Audit;
  /** False if the work was interrupted. */
  readonly complete: boolean;
}

/** The truth of a project, without the place where it is stored and the contradicted rows. */
export function toProjectTruth({
  project,
  source,
  proven,
}: {
  readonly project: string;
  readonly source: string;
  readonly proven: ProvenGroups;
}): Omit<ProjectTruth, 'database' | 'audit'> {
  const truths = [...proven.truths.values()];
  const count = (isCounted: (truth: GroundTruth) => boolean) => truths.filter(isCounted).length;
  const countMethod = (wanted: TruthMethod) =>
    count(({ action, method }) => action !== 'reject' && method === wanted);
  return {
    project_id: project,
    finals: source,
    groups: truths.length + proven.ambiguous.length + proven.failures.length,
    approve: count(({ action }) => action === 'approve'),
    crop: count(({ action }) => action === 'crop'),
    reject: count(({ action }) => action === 'reject'),
    ambiguous: proven.ambiguous.map(({ groupId, finals }) => ({ group_id: groupId, finals })),
    unmatched_finals: proven.unmatched.map(({ name }) => name),
    beyond_user_columns: truths
      .filter(({ selectedIndex }) => isBeyondUserColumns(selectedIndex))
      .map(({ groupId }) => groupId),
    methods: {
      exact: countMethod('exact'),
      correlated: countMethod('correlated'),
      scaled: countMethod('scaled'),
      none: countMethod('none'),
    },
    failures: proven.failures,
    complete: proven.isComplete,
  };
}
