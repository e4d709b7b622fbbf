import { ConfigurationError } from '@cullstream/contracts';
import { didYouMean, exitCodes } from '@cullstream/runtime';
import { forgetProjects, loadKnownProjects } from '@cullstream/runs';
import type { DataSettings } from '../settings/settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Lets go of projects whose originals are gone for good, or whose sources are to have other names: runs
 * do not miss them any more. Databases, vectors and originals stay.
 */
export async function forget(
  { data, json }: DataSettings,
  { terminal, log }: CommandContext,
  names: readonly string[],
): Promise<number> {
  const unknown = await forgetProjects(names, data, log);
  if (unknown.length > 0) {
    const known = (await loadKnownProjects(data, log)).map(({ name }) => name);
    throw new ConfigurationError(
      unknown.map((name) => `${data} knows no project "${name}"${didYouMean(name, known)}`),
    );
  }
  terminal.print(
    json
      ? JSON.stringify({ forgotten: names }, null, 2)
      : `${names.join(', ')}: forgotten; databases and vectors stay, and a run takes up again what is in the originals`,
  );
  return exitCodes.ok;
}
