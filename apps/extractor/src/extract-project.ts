import {
  decodeEvent,
  encodeEvent,
  EVENT_VERSION,
  MalformedEventError,
  messageIdOf,
  subjectOf,
  type PlannedProject,
  type ProjectCataloged,
  type ProjectFailed,
  type RunHead,
} from '@cullstream/contracts';
import { lastOf, maxEventBytes, streams, type Bus, type BundleLimits } from '@cullstream/bus';
import { matchLegacy, type Catalogue, type FindLegacyEmbedding } from '@cullstream/catalog';
import type { SourceGuard } from '@cullstream/imaging/archive';
import type { DataFolder, Logger, ServiceMetrics } from '@cullstream/runtime';
import type { FeedGate } from './adapters/feed-gate.js';
import { DeadlyProjectError, type ProjectAttempts } from './adapters/project-attempts.js';
import { listPatiently, SourceError } from './adapters/list-patiently.js';
import { findOversized } from './core/find-oversized.js';
import { firstToPublish } from './core/first-to-publish.js';
import { limitsOfBundles } from './core/limits-of-bundles.js';
import { toImageFound } from './core/to-image-found.js';
import { toOversized } from './core/to-oversized.js';
import type { ExtractorSettings } from './settings.js';

export interface Extraction {
  readonly bus: Bus;
  readonly record: RunHead;
  readonly settings: ExtractorSettings;
  readonly metrics: ServiceMetrics;
  readonly log: Logger;
  readonly findLegacy: FindLegacyEmbedding;
  readonly gate: FeedGate;
  readonly guard: SourceGuard;
  readonly folder: DataFolder;
  readonly attempts: ProjectAttempts;
  /** Whether the run still goes on: asked while a source is waited for. */
  readonly isWanted: () => Promise<boolean>;
  /** Where to go on in projects that others have overtaken: the sequence to publish next. */
  readonly interrupted: Map<string, number>;
}

/**
 * Publishes the images of a project while it is its turn.
 * @returns whether the project is through: published, or given up because its source is unusable or
 *   has an image that no event can describe
 */
export async function extractProject(
  planned: PlannedProject,
  extraction: Extraction,
): Promise<boolean> {
  const { log, interrupted } = extraction;
  const { name } = planned.project;
  try {
    const catalogue = await listPatiently(planned, extraction);
    if (catalogue === undefined) return false;
    const first = interrupted.get(name) ?? firstToPublish(await lastSequence(name, extraction));
    log.info({ project: name, images: catalogue.images.length, first }, 'publishing');
    const bundle = limitsOfBundles(catalogue.images.length, planned.cached);
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

/** What starting the extractor again would meet again: it must not end the other projects with it. */
function isOfProject(error: unknown): error is Error {
  const kinds = [SourceError, DeadlyProjectError, MalformedEventError];
  return kinds.some((kind) => error instanceof kind);
}

/** Undefined also where somebody else's message stands last: then all are published once more. */
async function lastSequence(
  project: string,
  { bus, record, log }: Extraction,
): Promise<number | undefined> {
  const last = await lastOf(bus, streams.images.name, subjectOf('images', record.run, project));
  if (last === undefined) return undefined;
  try {
    const event = decodeEvent(last.data);
    const isImage = event.type === 'image.found' || event.type === 'image.failed';
    return isImage ? event.sequence : undefined;
  } catch (error) {
    if (!(error instanceof MalformedEventError)) throw error;
    log.warn({ project, err: error }, 'the last message is no event: publishing from the first');
    return undefined;
  }
}

/** A message holds only so much, and a person reads only so much. */
function firstWarnings(warnings: readonly string[]): string[] {
  return warnings.slice(0, MOST_WARNINGS).map((text) => text.slice(0, MOST_WARNING_LENGTH));
}

const MOST_WARNINGS = 20;
const MOST_WARNING_LENGTH = 500;

/** @returns the sequence to publish next: the number of images where all are */
async function publishCatalogue(
  catalogue: Catalogue,
  first: number,
  bundle: BundleLimits,
  extraction: Extraction,
): Promise<number> {
  const { bus, record, gate, metrics, attempts } = extraction;
  const { totals, warnings, images } = catalogue;
  await publishResult(
    {
      v: EVENT_VERSION,
      type: 'project.cataloged',
      run: record.run,
      project: totals,
      warnings: firstWarnings(warnings),
    },
    extraction,
  );
  const maxBytes = maxEventBytes(bus);
  const { legacy, oversized } = await attempts.during(totals, () =>
    Promise.resolve({
      legacy: matchLegacy(catalogue, extraction.findLegacy),
      oversized: findOversized(record.run, catalogue, maxBytes),
    }),
  );
  const subject = subjectOf('images', record.run, totals.name);
  const publisher = bus.publisher({ bundle });
  let next = first;
  while (next < images.length) {
    const room = await gate.open(totals.name, bundle.maxEvents);
    if (room === 0) break;
    const portion = images.slice(next, next + room);
    await attempts.during(totals, async () => {
      for (const image of portion) {
        const legacyFile = legacy.get(image.sequence) ?? null;
        const found = toImageFound(record.run, catalogue, image, legacyFile);
        const event = oversized.has(image.sequence) ? toOversized(found, maxBytes) : found;
        await publisher.send(subject, encodeEvent(event), { id: messageIdOf(event) });
        metrics.countImages('published');
      }
      await publisher.flush();
    });
    gate.passed(portion.length);
    next += portion.length;
  }
  return next;
}

async function publishResult(
  event: ProjectCataloged | ProjectFailed,
  { bus }: Extraction,
): Promise<void> {
  const subject = subjectOf('results', event.run, event.project.name, event.type);
  const id = `${event.run}/${event.project.name}/${event.type}`;
  await bus.publisher().publish(subject, encodeEvent(event), { id });
}
