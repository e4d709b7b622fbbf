import { ConfigurationError, type RunHead } from '@cullstream/contracts';

export interface ChooseOptions {
  /** The run that was named. */
  readonly id: string | undefined;
  /** Runs that the data folder has begun and not completed. */
  readonly noted: readonly string[];
  /** What is to be done with it, for messages. */
  readonly verb: string;
  /** States it may be in. */
  readonly states: readonly RunHead['state'][];
}

/**
 * The run that a command means: the one that is named, else the only one it can mean, else the one
 * that the data folder is at.
 * @throws {ConfigurationError} when there is none, or no telling which
 */
export function chooseRun(
  records: readonly RunHead[],
  { id, noted, verb, states }: ChooseOptions,
): RunHead {
  const fitting = records.filter(({ state }) => states.includes(state));
  if (id !== undefined) {
    const named = records.find(({ run }) => run === id);
    if (named !== undefined && fitting.includes(named)) return named;
    throw new ConfigurationError([
      named === undefined
        ? `run ${id}: the broker has no record of it; \`cullstream streams\` lists those it has`
        : `run ${id} is ${named.state}: there is nothing to ${verb}`,
    ]);
  }
  const chosen =
    fitting.length === 1
      ? fitting[0]
      : noted.map((run) => fitting.find((record) => record.run === run)).find(Boolean);
  if (chosen !== undefined) return chosen;
  throw new ConfigurationError([
    fitting.length === 0
      ? `there is no run to ${verb}${describeOthers(records)}`
      : `say which run to ${verb}: ${fitting.map(({ run }) => run).join(', ')}`,
  ]);
}

/** Why none fits: the newest one, and how it stands. */
function describeOthers(records: readonly RunHead[]): string {
  const newest = records.at(-1);
  if (newest === undefined) return '';
  return newest.state === 'paused' || newest.state === 'running'
    ? `: run ${newest.run} is ${newest.state} already`
    : `: the last one, ${newest.run}, is ${newest.state}`;
}
