import type { BundleLimits } from '../publish/publishing.js';

const MAX_BYTES = 256 * 1024;

/** How much a message of each stage carries at most. */
export const bundleLimits = {
  /** Few, for a message is what embedders share out among them, and an image may take a second. */
  images: { maxEvents: 8, maxBytes: MAX_BYTES },
  /** Images that the cache holds, nearly all of them: they take an embedder no time. */
  cachedImages: { maxEvents: 64, maxBytes: MAX_BYTES },
  embeddings: { maxEvents: 64, maxBytes: MAX_BYTES },
  predictions: { maxEvents: 128, maxBytes: MAX_BYTES },
} as const satisfies Record<string, BundleLimits>;
