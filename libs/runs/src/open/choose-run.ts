import { ConfigurationError, type RunHead } from '@cullstream/contracts';
import type { RunPhase } from '../status/run-overview.js';

export interface ChooseOptions {
  /** The run that was named. */
  readonly id: string | undefined;
  /** Runs that the data folder has begun and not completed. */
  readonly noted: readonly string[];
  /** What is to be done with it, for messages. */
  readonly verb: string;
  /** Phases of runs that the command can be about. */
  readonly phases: readonly RunPhase[];
  /** The phase that a run is in. */
  readonly toPhase: (run: RunHead) => RunPhase;
}

/**
 * The run that a command is about: the one that is named, else the only one that is possible, else the
 * unfinished run of the data folder.
 * @throws {ConfigurationError} when there is none, or several are possible
 */
export function chooseRun(
  records: readonly RunHead[],
  { id, noted, verb, phases, toPhase }: ChooseOptions,
): RunHead {
  const fitting = records.filter((record) => phases.includes(toPhase(record)));
  if (id !== undefined) {
    const named = records.find(({ run }) => run === id);
    if (named !== undefined && fitting.includes(named)) return named;
    throw new ConfigurationError([
      named === undefined
        ? `run ${id}: the broker has no record of it; \`cullstream streams\` lists those it has`
        : describeRefusal(named, toPhase(named), verb),
    ]);
  }
  const chosen =
    fitting.length === 1
      ? fitting[0]
      : noted.map((run) => fitting.find((record) => record.run === run)).find(Boolean);
  if (chosen !== undefined) return chosen;
  const newest = records.find(({ run }) => noted.includes(run)) ?? records.at(-1);
  throw new ConfigurationError([
    fitting.length > 0
      ? `say which run to ${verb}: ${fitting.map(({ run }) => run).join(', ')}`
      : newest === undefined
        ? `there is no run to ${verb}`
        : describeRefusal(newest, toPhase(newest), verb),
  ]);
}

/** Why nothing is done with a run, and what can be. */
function describeRefusal({ run, replay }: RunHead, phase: RunPhase, verb: string): string {
  const again = `the same \`cullstream ${replay === undefined ? 'run' : 'replay'}\``;
  switch (phase) {
    case 'interrupted':
      return `run ${run} was interrupted: nothing works on it, there is nothing to ${verb}; ${again} resumes it`;
    case 'paused':
      return `run ${run} is paused already; \`cullstream resume\` lets it go on`;
    case 'running':
      return `run ${run} is running already`;
    case 'cancelled':
    case 'completed':
      return `run ${run} is ${phase}: there is nothing to ${verb}`;
  }
}
