import {
  decodeMessage,
  EVENT_VERSION,
  MalformedEventError,
  toSubject,
  type PlannedProject,
} from '@cullstream/contracts';
import { ConcurrentPublishError, isChained, readLastEvent, streams } from '@cullstream/bus';
import { toFirstUnpublished } from '../core/to-first-unpublished.js';
import { toBundleLimits } from '../core/to-bundle-limits.js';
import type { Extraction } from './extraction.js';
import { listRetrying, SourceError } from './list-retrying.js';
import { DeadlyProjectError } from './project-attempts.js';
import { publishCatalogue, publishResult, type Start } from './publish-catalogue.js';

/**
 * Publishes the images of a project until another project comes first.
 * @returns whether the project is done: all published, or given up because its source is unusable or
 *   an image cannot be described by an event
 */
export async function extractProject(
  planned: PlannedProject,
  extraction: Extraction,
): Promise<boolean> {
  const { log, interrupted, isShared, claim } = extraction;
  const { name } = planned.project;
  try {
    const catalogue = await listRetrying(planned, extraction);
    if (catalogue === undefined) return false;
    const known = isShared ? undefined : interrupted.get(name);
    const start =
      known === undefined ? await findStart(name, extraction) : { first: known, after: undefined };
    log.info({ project: name, images: catalogue.images.length, first: start.first }, 'publishing');
    const bundle = toBundleLimits(catalogue.images.length, planned.cached);
    const next = await publishCatalogue(catalogue, start, bundle, extraction);
    interrupted.set(name, next);
    return next >= catalogue.images.length;
  } catch (error) {
    if (error instanceof ConcurrentPublishError) {
      log.info({ project: name, err: error }, 'another extractor publishes the project');
      return false;
    }
    if (!isOfProject(error)) throw error;
    // Whoever has taken it over finds out by itself.
    if (claim.isLost) return false;
    log.error({ project: name, err: error }, 'the project is given up');
    await publishResult(
      {
        v: EVENT_VERSION,
        type: 'project.failed',
        run: extraction.record.run,
        project: { name, source: planned.project.source },
        message: error.message,
      },
      extraction,
    );
    return true;
  }
}

/** Errors that a restart would not cure: they fail this project alone, and the others continue. */
function isOfProject(error: unknown): error is Error {
  const kinds = [SourceError, DeadlyProjectError, MalformedEventError];
  return kinds.some((kind) => error instanceof kind);
}

/** Behind what the stream holds of the project; from the first if that ends with no event of an image. */
async function findStart(project: string, extraction: Extraction): Promise<Start> {
  const { bus, record, isShared } = extraction;
  const subject = toSubject('images', record.run, project);
  const last = await readLastEvent(bus, streams.images.name, subject);
  const sequence = last && toSequence(last, extraction);
  return {
    first: toFirstUnpublished(sequence, last !== undefined && isChained(last)),
    after: isShared ? (last?.sequence ?? 0) : undefined,
  };
}

function toSequence(
  message: Parameters<typeof decodeMessage>[0],
  { log }: Pick<Extraction, 'log'>,
): number | undefined {
  try {
    const event = decodeMessage(message);
    const isImage = event.type === 'image.found' || event.type === 'image.failed';
    return isImage ? event.sequence : undefined;
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    log.warn(
      { subject: message.subject, err: error },
      'the last message is no event: publishing from the first',
    );
    return undefined;
  }
}
