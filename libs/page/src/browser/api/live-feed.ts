import type { LiveState } from '@cullstream/contracts/web';
import { eventsPath } from './paths.js';

export interface LiveListener {
  onState: (state: LiveState) => void;
  onLost: () => void;
}

const RETRY_MS = 1_000;

/**
 * Follows the live state until the answer is called; a connection that ends is begun anew. A page in the
 * background has none: browsers open few to one server, and those of many pages would be all of them.
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
      // The browser itself waits longer each time, and gives up after an answer that is no stream.
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
