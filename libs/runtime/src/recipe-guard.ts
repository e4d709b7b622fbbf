import {
  ConfigurationError,
  describeDifference,
  TransientError,
  type RecipeAnswer,
  type RunHead,
  type RunId,
} from '@cullstream/contracts';
import { answerRecipeRequests, type Bus } from '@cullstream/bus';
import type { RunRecords } from './run-records.js';

/** Prevents a service from working on a run that was planned with other models. */
export interface RecipeGuard {
  /**
   * Called for every image. Returns undefined, without waiting, if the run is known.
   * @throws {TransientError} if the run was planned with other models than those of the service: the
   *   message stays for a service that has them, and `refused` rejects
   */
  refuseOthers(run: RunId): Promise<void> | undefined;
  /** @throws {ConfigurationError} if a current run was planned with other models */
  refuseUnderWay(): Promise<void>;
  /** Rejects with a ConfigurationError when a run of other models is found; never resolves. */
  readonly refused: Promise<never>;
}

export interface RecipeGuardOptions {
  /** The service, for the message. */
  readonly what: string;
  readonly recipeId: string;
  /** The part of a run's recipe that concerns this service; undefined if none does. */
  readonly toRecipeId: (record: RunHead) => string | undefined;
  /** How the run's part differs from the service's, in words. */
  readonly describe: (record: RunHead) => string;
}

/** Looks up each run once, since its recipe never changes. A run without a record is accepted. */
export function createRecipeGuard(
  records: Pick<RunRecords, 'get' | 'list'>,
  { what, recipeId, toRecipeId, describe }: RecipeGuardOptions,
): RecipeGuard {
  const asked = new Map<RunId, Promise<string | undefined>>();
  const own = new Set<RunId>();
  let refuse: (error: ConfigurationError) => void = () => undefined;
  const refused = new Promise<never>((_resolve, reject) => (refuse = reject));
  refused.catch(() => undefined);

  /** Why the service cannot work on a run; undefined if the run has the service's recipe. */
  function judge(record: RunHead): string | undefined {
    if ((toRecipeId(record) ?? recipeId) === recipeId) return undefined;
    return (
      `run ${record.run} was planned with other models than this ${what} has: ${describe(record)}; ` +
      `start it with the run's models, or end the run (\`cullstream cancel ${record.run}\`)`
    );
  }

  async function lookUp(run: RunId): Promise<void> {
    let asking = asked.get(run);
    if (asking === undefined) {
      asking = records
        .get(run)
        .then((record) => (record === undefined ? undefined : judge(record)));
      asked.set(run, asking);
      asking.catch(() => asked.delete(run));
    }
    const problem = await asking;
    if (problem !== undefined) {
      refuse(new ConfigurationError([problem]));
      throw new TransientError(problem);
    }
    own.add(run);
  }

  return {
    refused,
    refuseOthers: (run) => (own.has(run) ? undefined : lookUp(run)),
    async refuseUnderWay() {
      const problems = [...(await records.list()).values()]
        .filter(({ state }) => state === 'running')
        .flatMap((record) => judge(record) ?? []);
      if (problems.length > 0) throw new ConfigurationError(problems);
    },
  };
}

/** A service, its recipe, and the run that it works for; without one it works for every run. */
export interface GuardedService {
  readonly service: RecipeAnswer['service'];
  readonly recipe: RecipeAnswer['recipe'];
  readonly run: RunId | undefined;
  readonly toRecipeId: RecipeGuardOptions['toRecipeId'];
}

/**
 * The guard of a service. A service for every run also answers which recipe it has.
 * @throws {ConfigurationError} if a current run was planned with other models than such a service has
 */
export async function guardService(
  bus: Bus,
  records: Pick<RunRecords, 'get' | 'list'>,
  { service, recipe, run, toRecipeId }: GuardedService,
): Promise<RecipeGuard> {
  const guard = createRecipeGuard(records, {
    what: service,
    recipeId: recipe.id,
    toRecipeId,
    describe: (record) => describeDifference(record.recipe, recipe),
  });
  if (run === undefined) {
    // Answer first, then look at current runs: a run that begins in between is noticed by one of the two.
    await answerRecipeRequests(bus, { service, recipe });
    await guard.refuseUnderWay();
  }
  return guard;
}
