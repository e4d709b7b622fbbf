import { setTimeout as delay } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';

/** Time without a request after which a page is regarded as complete. */
const QUIET_MS = 250;

/** Knows whether requests are being answered. */
export interface RequestWatch {
  readonly watch: MiddlewareHandler;
  /** Resolves when no request has been answered for a quarter of a second, or at `signal`. */
  readonly untilQuiet: (signal: AbortSignal) => Promise<void>;
}

/** Watches the requests of a server. A stream of events counts only until it has begun. */
export function watchRequests(): RequestWatch {
  let answering = 0;
  let lastMs = -Infinity;
  return {
    watch: async (_context, next) => {
      answering += 1;
      try {
        await next();
      } finally {
        answering -= 1;
        lastMs = performance.now();
      }
    },
    untilQuiet: async (signal) => {
      const startedMs = performance.now();
      while (!signal.aborted) {
        const quietMs = performance.now() - Math.max(lastMs, startedMs);
        if (answering === 0 && quietMs >= QUIET_MS) return;
        await delay(QUIET_MS, undefined, { signal }).catch(() => undefined);
      }
    },
  };
}
