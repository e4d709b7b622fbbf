import { requireDevice } from '@cullstream/inference';
import { identifyProject, readAcceptances } from '@cullstream/store';
import type { RejectedSource } from '@cullstream/contracts';
import type { Given, PlanOptions } from '../options.js';
import { prepareRun, withNotes } from './prepare-run.js';
import { settleDevice } from './settle-device.js';
import { settlePrecision } from './settle-precision.js';
import type { WorkContext } from '../work-context.js';
import { findKnownRates } from './known-rates.js';
import { toPlanDocument, type PlanDocument } from './to-plan-document.js';

/** What a run would find and do. */
export interface PlannedRun {
  readonly document: PlanDocument;
  /** Sources that cannot be taken up, and that nobody has accepted. */
  readonly problems: readonly RejectedSource[];
}

/**
 * Finds out what a run would do. Writes nothing but digests and converted models.
 * @throws {ConfigurationError} with all problems of options, models and sources
 */
export async function planRun(
  given: Given<PlanOptions>,
  { log, note }: Pick<WorkContext, 'log' | 'note'>,
): Promise<PlannedRun> {
  await requireDevice(given.device);
  const { settings: options, notes } = await settlePrecision(given);
  await requireDevice(options.device, options.precision);
  const planned = await prepareRun(options, log, { note });
  const prepared = withNotes(planned, [...notes, ...(await settleDevice(planned.models, options))]);
  const rates = await findKnownRates(prepared.models, options);
  const { acceptances } = await readAcceptances(options.data);
  const isAccepted = ({ name, source, message, content }: RejectedSource) =>
    acceptances.find(
      identifyProject({ project_id: name, zip_file: source, message, source_content: content }),
    ) !== undefined;
  return {
    document: toPlanDocument(prepared, rates, options.data),
    problems: prepared.plan.rejected.filter((source) => !isAccepted(source)),
  };
}
