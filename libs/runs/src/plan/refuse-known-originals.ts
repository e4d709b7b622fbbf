import {
  refuseWritesIntoOriginals,
  requireAnswers,
  targetSettings,
  type Logger,
} from '@cullstream/runtime';
import { loadKnownProjects } from './known-projects.js';

/**
 * Refuses files to be written below originals that the data folder has been given: for commands that
 * are not told where the originals are.
 * @param settings of any command, with the operand that names a file to write as `file`
 * @throws {ConfigurationError} with every such setting
 */
export async function refuseKnownOriginals(
  settings: Readonly<Record<string, unknown>>,
  log: Logger,
): Promise<void> {
  const { data } = settings;
  const targets = Object.fromEntries(targetSettings.map((each) => [each, settings[each]]));
  const isWritten = Object.values(targets).some((target) => target !== undefined);
  if (typeof data !== 'string' || !isWritten) return;
  const known = await loadKnownProjects(data, log);
  for (const originals of new Set(known.map((project) => project.originals))) {
    if (originals === null) continue;
    await requireAnswers({ originals });
    refuseWritesIntoOriginals({ originals, ...targets });
  }
}
