import { refuseWritesIntoOriginals, requireAnswers, type Logger } from '@cullstream/runtime';
import { loadKnownProjects } from './known-projects.js';

/** A command's data folder, and the files that it writes. */
export interface WrittenFiles {
  readonly data: string;
  readonly out?: string | undefined;
  readonly html?: string | undefined;
}

/**
 * Refuses files to be written below originals that the data folder has been given: for commands that
 * are not told where the originals are.
 * @throws {ConfigurationError} with every such setting
 */
export async function refuseKnownOriginals(
  { data, out, html }: WrittenFiles,
  log: Logger,
): Promise<void> {
  if (out === undefined && html === undefined) return;
  const known = await loadKnownProjects(data, log);
  for (const originals of new Set(known.map((project) => project.originals))) {
    if (originals === null) continue;
    await requireAnswers({ originals });
    refuseWritesIntoOriginals({ originals, out, html });
  }
}
