import {
  ConfigurationError,
  describeDifference,
  type PredictionRecipe,
  type WeightedService,
} from '@cullstream/contracts';
import { askRecipes, consumerSpec, isConsumed, type Bus } from '@cullstream/bus';

export interface OtherWeightsOptions {
  /** Services that the work needs. */
  readonly services: readonly WeightedService[];
  /** What to do where one is refused, and what was left as it was. */
  readonly remedy?: string;
}

const NAME_THEM =
  'nothing was published: name the weights of the services (‹embedder›, ‹ranker›, ‹crop›, ' +
  '‹preprocess›, ‹precision›, ‹activation›, ‹features›), or start the services with those of the run';

/**
 * Asks the deployed services which weights they have, before they are given anything to do. Those that
 * come later ask for themselves which runs are under way.
 * @throws {ConfigurationError} when one has others than the run, naming both
 */
export async function assertSameWeights(
  bus: Bus,
  recipe: PredictionRecipe,
  { services, remedy = NAME_THEM }: OtherWeightsOptions,
): Promise<void> {
  const problems: string[] = [];
  await Promise.all(
    services.map(async (service) => {
      const answers = await askRecipes(bus, service);
      for (const { host, recipe: had } of answers) {
        const difference = describeDifference(recipe, had);
        if (difference !== '') problems.push(`the deployed ${service} on ${host}: ${difference}`);
      }
      if (answers.length > 0) return;
      if (await isConsumed(bus, consumerSpec(service))) bus.log.warn({ service }, tellOld(service));
    }),
  );
  if (problems.length === 0) return;
  throw new ConfigurationError([...new Set(problems), remedy]);
}

function tellOld(service: WeightedService): string {
  return (
    `the deployed ${service} does not say which weights it has: it is of an older version, or ` +
    'the broker knows its users by an older `cullstream keys`; messages for other weights than its own ' +
    'would be given up'
  );
}
