import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import type { LiveFeed } from '../live/live-feed.js';

/** Highest number of pages that receive events at the same time. */
const MOST_LISTENERS = 64;
const KEEP_ALIVE_MS = 15_000;

/**
 * Sends the live state as server-sent events. Each event has the complete state.
 * @param closing ends every stream when it is aborted
 */
export function createEventRoute(live: LiveFeed, closing: AbortSignal): Hono {
  const leaving = new Set<() => void>();
  closing.addEventListener('abort', () => [...leaving].forEach((leave) => leave()), { once: true });
  const app = new Hono();
  app.get('/', (context) => {
    // A stream that answers HEAD would never be read or ended.
    if (context.req.method === 'HEAD') {
      return context.body(null, 200, { 'content-type': 'text/event-stream' });
    }
    if (leaving.size >= MOST_LISTENERS) {
      throw new HTTPException(503, { message: 'too many pages listen; close some' });
    }
    return streamSSE(context, (stream) => sendStates(stream, live, leaving));
  });
  return app;
}

/**
 * Sends states until the page closes. A page that reads slowly gets only the newest state, so that
 * the states do not fill the memory.
 */
function sendStates(
  stream: SSEStreamingApi,
  live: LiveFeed,
  leaving: Set<() => void>,
): Promise<void> {
  return new Promise((end) => {
    let sendingSinceMs: number | undefined;
    let isBehind = false;
    const send = async (): Promise<void> => {
      isBehind = true;
      if (sendingSinceMs !== undefined) return;
      while (isBehind && !stream.aborted) {
        isBehind = false;
        sendingSinceMs = performance.now();
        await stream.writeSSE({
          event: 'live',
          data: JSON.stringify(live.current()),
          retry: 1_000,
        });
      }
      sendingSinceMs = undefined;
    };
    const unsubscribe = live.subscribe(() => void send());
    const keepAlive = setInterval(() => {
      const isStuck = performance.now() - (sendingSinceMs ?? Infinity) > KEEP_ALIVE_MS;
      if (isStuck) leave();
      else void send();
    }, KEEP_ALIVE_MS);
    const leave = (): void => {
      clearInterval(keepAlive);
      unsubscribe();
      leaving.delete(leave);
      end();
    };
    leaving.add(leave);
    stream.onAbort(leave);
    void send();
  });
}
