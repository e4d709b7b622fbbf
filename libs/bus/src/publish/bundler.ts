import type { BundleLimits, PublishOptions, PublishReceipt } from './publishing.js';
import { createHash } from 'node:crypto';
import { bundledBytes, bundleHeaders, encodeBundle, type BundlePart } from '../bundle/bundle.js';

/** Stores one message, with all that takes. */
export type PublishMessage = (
  subject: string,
  bytes: Uint8Array,
  options: PublishOptions,
) => Promise<PublishReceipt>;

export interface Bundler {
  /** Resolves when the message that carries the event is stored. */
  add(subject: string, part: BundlePart): Promise<PublishReceipt>;
  /** The same for an event that has to be a message of its own, behind those that were added before. */
  addAlone(subject: string, bytes: Uint8Array, options: PublishOptions): Promise<PublishReceipt>;
}

interface Waiting {
  readonly part: BundlePart;
  readonly resolve: (receipt: Promise<PublishReceipt>) => void;
}

interface Open {
  readonly waiting: Waiting[];
  bytes: number;
}

/**
 * Publishes events of one subject together that are given within one turn of the event loop: a
 * message costs the broker and both ends far more than its bytes do. Keeps their order. Nothing
 * waits for more to come.
 * @param mostBytes that the server takes at this moment
 */
export function createBundler(
  limits: BundleLimits,
  publishMessage: PublishMessage,
  mostBytes: () => number = () => Infinity,
): Bundler {
  const open = new Map<string, Open>();

  function close(subject: string): void {
    const bundle = open.get(subject);
    if (bundle === undefined) return;
    open.delete(subject);
    const stored = publishTogether(
      subject,
      bundle.waiting.map(({ part }) => part),
    );
    for (const { resolve } of bundle.waiting) resolve(stored);
  }

  function publishTogether(subject: string, parts: readonly BundlePart[]): Promise<PublishReceipt> {
    const [first] = parts;
    if (first !== undefined && parts.length === 1) {
      return publishMessage(subject, first.data, { id: first.id });
    }
    return publishMessage(subject, encodeBundle(parts), {
      id: bundleId(parts),
      headers: bundleHeaders(parts.length),
    });
  }

  return {
    add(subject, part) {
      const bytes = bundledBytes(part);
      const current = open.get(subject);
      if (
        current !== undefined &&
        (current.waiting.length >= limits.maxEvents ||
          current.bytes + bytes > Math.min(limits.maxBytes, mostBytes()))
      ) {
        close(subject);
      }
      let bundle = open.get(subject);
      if (bundle === undefined) {
        bundle = { waiting: [], bytes: 0 };
        open.set(subject, bundle);
        setImmediate(close, subject);
      }
      bundle.bytes += bytes;
      const { waiting } = bundle;
      return new Promise((resolve) => waiting.push({ part, resolve }));
    },
    addAlone(subject, bytes, options) {
      close(subject);
      return publishMessage(subject, bytes, options);
    },
  };
}

const DIGEST_LENGTH = 16;

/** The same for the same events only: what is in a bundle depends on timing. */
function bundleId(parts: readonly BundlePart[]): string {
  const digest = createHash('sha256');
  for (const { id } of parts) digest.update(id).update('\n');
  return `${parts[0]?.id}+${parts.length - 1}-${digest.digest('hex').slice(0, DIGEST_LENGTH)}`;
}
