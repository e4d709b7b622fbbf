import {
  decodeMessage,
  EVENT_VERSION,
  MalformedEventError,
  toSubject,
  type PlannedProject,
} from '@cullstream/contracts';
import { readLastEvent, streams } from '@cullstream/bus';
import { toFirstUnpublished } from '../core/to-first-unpublished.js';
import { toBundleLimits } from '../core/to-bundle-limits.js';
import type { Extraction } from './extraction.js';
import { listRetrying, SourceError } from './list-retrying.js';
import { DeadlyProjectError } from './project-attempts.js';
import { publishCatalogue, publishResult } from './publish-catalogue.js';

/**
 * Publishes the images of a project until another project comes first.
 * @returns whether the project is done: all published, or given up because its source is unusable or
 *   an image cannot be described by an event
 */
export async function extractProject(
  planned: PlannedProject,
  extraction: Extraction,
): Promise<boolean> {
  const { log, interrupted } = extraction;
  const { name } = planned.project;
  try {
    const catalogue = await listRetrying(planned, extraction);
    if (catalogue === undefined) return false;
    const first = interrupted.get(name) ?? toFirstUnpublished(await lastSequence(name, extraction));
    log.info({ project: name, images: catalogue.images.length, first }, 'publishing');
    const bundle = toBundleLimits(catalogue.images.length, planned.cached);
    const next = await publishCatalogue(catalogue, first, bundle, extraction);
    interrupted.set(name, next);
    return next >= catalogue.images.length;
  } catch (error) {
    if (!isOfProject(error)) throw error;
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

/** Undefined also if the last message is not an event of an image: then all are published again. */
async function lastSequence(
  project: string,
  { bus, record, log }: Extraction,
): Promise<number | undefined> {
  const last = await readLastEvent(
    bus,
    streams.images.name,
    toSubject('images', record.run, project),
  );
  if (last === undefined) return undefined;
  try {
    const event = decodeMessage(last);
    const isImage = event.type === 'image.found' || event.type === 'image.failed';
    return isImage ? event.sequence : undefined;
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    log.warn({ project, err: error }, 'the last message is no event: publishing from the first');
    return undefined;
  }
}
