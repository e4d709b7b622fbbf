import type { LiveState } from '@cullstream/contracts/web';
import { eventsPath } from './paths.js';

export interface LiveListener {
  onState: (state: LiveState) => void;
  onLost: () => void;
}

const RETRY_MS = 1_000;

/**
 * Receives the live state until the returned function is called. A lost connection is opened again.
 * A page in the background has no connection, because browsers limit the connections to a server,
 * and many open pages would use them all.
 */
export function followLive({ onState, onLost }: LiveListener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const connect = (): void => {
    source = new EventSource(eventsPath);
    source.addEventListener('live', ({ data }: MessageEvent<string>) => {
      onState(JSON.parse(data) as LiveState);
    });
    source.addEventListener('error', () => {
      onLost();
      // The browser would wait longer after each failure, and would stop after an answer that is no
      // stream.
      source?.close();
      clearTimeout(timer);
      timer = setTimeout(connect, RETRY_MS);
    });
  };
  const leave = (): void => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const look = (): void => {
    if (document.hidden) leave();
    else if (source === undefined) connect();
  };
  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    leave();
  };
}
