import { openRecords, type Bus, type Records } from '@cullstream/bus';
import { runRecord, type RunId, type RunRecord } from '@cullstream/contracts';

/** Key-value bucket of the run records. */
const BUCKET = 'cull_runs';

export type RunRecords = Records<RunRecord>;

/** The records of all runs of a broker, by run id. */
export function openRunRecords(bus: Bus): Promise<RunRecords> {
  return openRecords(bus, BUCKET, runRecord);
}

/** @throws {Error} when the broker has no record of the run */
export async function requireRun(records: RunRecords, run: RunId): Promise<RunRecord> {
  const record = await records.get(run);
  if (record === undefined) {
    throw new Error(`the broker has no record of run ${run}: start it with \`cullstream run\``);
  }
  return record;
}
