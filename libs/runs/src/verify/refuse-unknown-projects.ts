import { loadInventory } from '@cullstream/catalog';
import { ConfigurationError, toProjectName } from '@cullstream/contracts';
import { describeUnknownNames, type Logger } from '@cullstream/runtime';
import { listLostDatabases, listOwnDatabases } from '@cullstream/versions';
import type { VerifyOptions } from '../options.js';
import { loadKnownProjects } from '../plan/known-projects.js';
import type { AcceptedProjects } from './accepted-projects.js';

/**
 * For a verification without originals, whose sources would tell: a misspelled name would look complete.
 * @throws {ConfigurationError} for names that no database, no earlier run and no inventory knows
 */
export async function refuseUnknownProjects(
  { data, inventory, only = [] }: Pick<VerifyOptions, 'data' | 'inventory' | 'only'>,
  { all: accepted }: Pick<AcceptedProjects, 'all'>,
  log: Logger,
): Promise<void> {
  if (only.length === 0) return;
  const databases = [...(await listOwnDatabases(data)), ...(await listLostDatabases(data))];
  const listed = inventory === undefined ? [] : await loadInventory(inventory);
  const known = new Set([
    ...[...databases, ...accepted].map(({ project }) => project),
    ...(await loadKnownProjects(data, log)).map(({ name }) => name),
    ...listed.map(({ project }) => toProjectName(project)),
  ]);
  const problems = describeUnknownNames(
    only,
    [...known].sort(),
    (name) => `‹only›: no project "${name}"`,
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
}
