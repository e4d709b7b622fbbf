import type { LiveState } from '@cullstream/contracts/web';
import { eventsPath } from './paths.js';

export interface LiveListener {
  onState: (state: LiveState) => void;
  onLost: () => void;
}

const RETRY_MS = 1_000;

/** Follows the live state until the answer is called; a connection that ends is begun anew. */
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
  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
