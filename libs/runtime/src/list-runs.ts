import type { RunHead } from '@cullstream/contracts';
import type { Logger } from './logger.js';
import type { RunRecords } from './run-records.js';

/** Lists the runs; none if the broker does not answer, which the health checks report. */
export async function listRuns(
  records: Pick<RunRecords, 'list'>,
  log: Pick<Logger, 'warn'>,
): Promise<RunHead[]> {
  try {
    return [...(await records.list()).values()];
  } catch (error) {
    log.warn({ err: error }, 'the list of runs cannot be read from the broker');
    return [];
  }
}
