import { ConfigurationError, type RunRecord } from '@cullstream/contracts';
import { describeUnknownNames } from '@cullstream/runtime';

/** The record of a run names those that come first, and is bounded. */
const MOST_FIRST = 100;

/**
 * Refuses projects that cannot come first in a run.
 * @throws {ConfigurationError} with every name that is none of the run's
 */
export function refuseOrder(
  { run, projects, replay }: Pick<RunRecord, 'run' | 'projects' | 'replay'>,
  names: readonly string[],
): void {
  if (replay !== undefined) {
    throw new ConfigurationError([`run ${run} is a replay: all its work is handed out already`]);
  }
  const problems = describeUnknownNames(
    names,
    projects.map(({ project }) => project.name),
    (name) => `run ${run} has no project "${name}"`,
  );
  if (names.length > MOST_FIRST) {
    problems.push(`at most ${MOST_FIRST} projects can come first, not ${names.length}`);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}
