import { MalformedEventError, type RunHead, type RunId } from '@cullstream/contracts';
import type { RunRecords } from './run-records.js';

/** Keeps a service that serves every run from mixing models: a run has one recipe. */
export interface RecipeGuard {
  /**
   * Nothing to wait for where the run is known: this is asked of every image.
   * @throws {MalformedEventError} when the run was planned with other models than the service's
   */
  refuseOthers(run: RunId): Promise<void> | undefined;
}

export interface RecipeGuardOptions {
  /** The service, for the message. */
  readonly what: string;
  readonly recipeId: string;
  /** The part of a run's recipe that concerns this service. */
  readonly recipeOf: (record: RunHead) => string;
}

/** Looks a run up once: its recipe never changes. A run without a record is let through. */
export function createRecipeGuard(
  records: Pick<RunRecords, 'get'>,
  { what, recipeId, recipeOf }: RecipeGuardOptions,
): RecipeGuard {
  const recipes = new Map<RunId, Promise<string>>();
  const own = new Set<RunId>();

  async function lookUp(run: RunId): Promise<void> {
    let asked = recipes.get(run);
    if (asked === undefined) {
      asked = records
        .get(run)
        .then((record) => (record === undefined ? recipeId : recipeOf(record)));
      recipes.set(run, asked);
      asked.catch(() => recipes.delete(run));
    }
    const wanted = await asked;
    if (wanted !== recipeId) {
      throw new MalformedEventError(
        `run ${run} was planned with recipe ${wanted}, this ${what} is set up for ${recipeId}: ` +
          "start it with the run's models, or plan the run with the deployed ones",
      );
    }
    own.add(run);
  }

  return { refuseOthers: (run) => (own.has(run) ? undefined : lookUp(run)) };
}
