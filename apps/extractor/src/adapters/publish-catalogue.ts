import {
  encodeEvent,
  EVENT_VERSION,
  toMessageId,
  toSubject,
  type ProjectCataloged,
  type ProjectFailed,
} from '@cullstream/contracts';
import { maxEventBytes, type BundleLimits } from '@cullstream/bus';
import { matchLegacy, type Catalogue } from '@cullstream/catalog';
import type { Span } from '@cullstream/runtime';
import { findOversized } from '../core/find-oversized.js';
import { toImageFound } from '../core/to-image-found.js';
import { toOversized } from '../core/to-oversized.js';
import type { Extraction } from './extraction.js';

/** Limits number and length of the warnings, so that they fit into a message and people read them. */
function firstWarnings(warnings: readonly string[]): string[] {
  return warnings.slice(0, MOST_WARNINGS).map((text) => text.slice(0, MOST_WARNING_LENGTH));
}

const MOST_WARNINGS = 20;
const MOST_WARNING_LENGTH = 500;

/** Where the publication of a project begins. */
export interface Start {
  /** Sequence of the first image to publish. */
  readonly first: number;
  /** The stream's sequence of the last message of the project, behind which others follow; see `PublisherOptions`. */
  readonly after: number | undefined;
}

/**
 * @returns the sequence to publish next; the number of images once all are published
 * @throws {ConcurrentPublishError} if another extractor publishes the project
 */
export async function publishCatalogue(
  catalogue: Catalogue,
  { first, after }: Start,
  bundle: BundleLimits,
  extraction: Extraction,
): Promise<number> {
  const { bus, record, gate, metrics, tracing, attempts, claim } = extraction;
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
  const subject = toSubject('images', record.run, totals.name);
  const publisher = bus.publisher({ bundle, after });
  let next = first;
  while (next < images.length) {
    const room = await gate.open(totals.name, bundle.maxEvents, claim);
    if (room === 0) break;
    const portion = images.slice(next, next + room);
    await attempts.during(totals, async () => {
      const spans: Span[] = [];
      for (const image of portion) {
        const legacyFile = legacy.get(image.sequence) ?? null;
        const found = toImageFound(record.run, catalogue, image, legacyFile);
        const event = oversized.has(image.sequence) ? toOversized(found, maxBytes) : found;
        const span = tracing.begin('extractor publish', event);
        if (span !== undefined) spans.push(span);
        const id = toMessageId(event);
        await publisher.send(subject, encodeEvent(event), { id, traceparent: span?.traceparent });
        metrics.countImages('published');
      }
      await publisher.flush();
      for (const span of spans) span.end();
    });
    gate.passed(portion.length);
    next += portion.length;
  }
  return next;
}

export async function publishResult(
  event: ProjectCataloged | ProjectFailed,
  { bus }: Extraction,
): Promise<void> {
  const subject = toSubject('results', event.run, event.project.name, event.type);
  const id = `${event.run}/${event.project.name}/${event.type}`;
  await bus.publisher().publish(subject, encodeEvent(event), { id });
}
