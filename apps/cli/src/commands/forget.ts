import { ConfigurationError } from '@cullstream/contracts';
import { didYouMean, exitCodes } from '@cullstream/runtime';
import { forgetProjects, loadKnownProjects } from '@cullstream/runs';
import type { DataSettings } from '../settings/settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Forgets projects whose originals were deleted for good or will be renamed. Later runs no longer
 * report them as missing. Databases, embeddings and originals are kept.
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
