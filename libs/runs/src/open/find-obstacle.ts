import type { RunOptions, RunRecord } from '@cullstream/contracts';
import type { PreparedRun } from '../plan/prepare-run.js';
import { examples } from '../verify/examples.js';

export interface ObstacleOptions {
  readonly options: RunOptions;
  /** Whether a run may go on that processes more than is asked for now. */
  readonly mayDoMore: boolean;
}

/**
 * Why an unfinished run of the same models is not what is to be run now: options or sources changed, or
 * it would process projects that are not selected any more, or whose sources cannot be used.
 * @returns undefined where it can go on
 */
export function findObstacle(
  record: Pick<RunRecord, 'options' | 'projects'>,
  { plan }: Pick<PreparedRun, 'plan'>,
  { options, mayDoMore }: ObstacleOptions,
): string | undefined {
  if (JSON.stringify(record.options) !== JSON.stringify(options)) return 'its options were others';
  const catalogues = new Map(
    [...plan.projects, ...plan.skipped].map(({ project }) => [project.name, project.catalogue]),
  );
  const unusable = new Set(plan.rejected.map(({ name }) => name));
  const changed: string[] = [];
  const unreadable: string[] = [];
  const deselected: string[] = [];
  for (const { project } of record.projects) {
    const { name, catalogue } = project;
    const current = catalogues.get(name);
    if (current === catalogue) continue;
    if (current !== undefined) changed.push(name);
    else if (!mayDoMore) (unusable.has(name) ? unreadable : deselected).push(name);
  }
  const reasons = [
    ...describe('no longer selected', deselected),
    ...describe('cannot be used now', unreadable),
    ...describe('changed', changed),
  ];
  return reasons.length === 0 ? undefined : reasons.join('; ');
}

function describe(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${examples(names)}`];
}
