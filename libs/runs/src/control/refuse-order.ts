import { ConfigurationError, type RunRecord } from '@cullstream/contracts';

/** The record of a run names those that come first, and is bounded. */
const MOST_FIRST = 100;
const NAMES_SHOWN = 30;

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
  const known = new Set(projects.map(({ project }) => project.name));
  const some = [...known].slice(0, NAMES_SHOWN);
  const more = known.size > some.length ? `, and ${known.size - some.length} more` : '';
  const problems = names
    .filter((name) => !known.has(name))
    .map((name) => `run ${run} has no project "${name}"; it has: ${some.join(', ')}${more}`);
  if (names.length > MOST_FIRST) {
    problems.push(`at most ${MOST_FIRST} projects can come first, not ${names.length}`);
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
}
