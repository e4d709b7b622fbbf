import { setTimeout as delay } from 'node:timers/promises';
import type { PlannedProject } from '@cullstream/contracts';
import { readCatalogue, type Catalogue } from '@cullstream/catalog';
import { isHungCall } from '@cullstream/files';
import type { Extraction } from './extraction.js';

/** The source cannot be used: this project is given up, the others continue. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

const LOOK_EVERY_MS = 1_000;

/**
 * The catalogue of a project as it was planned. Waits while its source is unreachable.
 * @returns undefined if the run ended or was paused meanwhile
 * @throws {SourceError} if the source has changed since it was planned, or was unreachable for too long
 * @throws {HungCallError} if it does not answer: a thread of this process stays blocked
 */
export async function listRetrying(
  planned: PlannedProject,
  extraction: Extraction,
): Promise<Catalogue | undefined> {
  const { attempts, guard, folder, metrics, isWanted } = extraction;
  let wasThere = false;
  for (;;) {
    try {
      const attempt = () =>
        attempts.during(planned.project, () => currentCatalogue(planned, extraction));
      // Listing also reads the user's database, which is in the data folder.
      const list = () => folder.whileThere(attempt);
      return await metrics.time('list', list);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const seen = await guard.look(planned.project.source);
      // The source may have come back between the failed listing and this look at it.
      if (seen.state === 'there' && wasThere) throw error;
      if (seen.state === 'away' && seen.isGivenUp) {
        throw new SourceError(`${seen.path} ${seen.problem}; it was waited for`, { cause: error });
      }
      wasThere = seen.state === 'there';
      if (!wasThere) await delay(LOOK_EVERY_MS);
    }
    if (!(await isWanted())) return undefined;
  }
}

async function currentCatalogue(
  { project }: PlannedProject,
  { record, settings }: Extraction,
): Promise<Catalogue> {
  const { minGroupSize, timeGapMinutes } = record.options;
  const options = {
    originalsDir: settings.originals,
    dataDir: settings.data,
    minGroupSize,
    timeGapMinutes: timeGapMinutes ?? undefined,
    answerWithinMs: settings.readTimeout * 1_000,
  };
  const catalogue = await readCatalogue(project, options).catch((cause: unknown) => {
    // The process ends, and the one that replaces it tries again.
    if (isHungCall(cause)) throw cause;
    throw new SourceError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  if (catalogue.totals.catalogue === project.catalogue) return catalogue;
  throw new SourceError(
    `${project.source} or its existing database changed since the run was planned; ` +
      'run again to take up the change',
  );
}
