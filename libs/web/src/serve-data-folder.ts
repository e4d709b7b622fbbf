import { basename, resolve } from 'node:path';
import { runStatus, statusSubject } from '@cullstream/contracts';
import type { ControlAnswer, ControlRequest } from '@cullstream/contracts/web';
import type { Bus } from '@cullstream/bus';
import { createGallery, createPictures } from '@cullstream/gallery';
import { LiveStates } from './live/live-feed.js';
import { readRecentWork } from './live/read-recent.js';
import { serveWeb, type WebServer } from './serve-web.js';

export interface PageOptions {
  readonly data: string;
  /** Without it there are no pictures. */
  readonly originals: string | undefined;
  /** Folder of what can always be made anew. */
  readonly cache: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Further names that people reach the page by. */
  readonly names: readonly string[];
  /** Needed on any other address than loopback. */
  readonly token: string | undefined;
}

/** The page over a data folder. */
export interface DataFolderPage extends WebServer {
  /**
   * Shows, and lets people control, the runs of a broker.
   * @param options.mayPurge whether the broker lets this connection purge streams
   * @returns what ends that
   */
  follow(bus: Bus, options: { readonly mayPurge: boolean }): () => void;
}

interface Followed {
  readonly bus: Bus;
  readonly mayPurge: boolean;
}

/** Thumbnails that are kept: about 20,000 of them. */
const THUMBNAIL_BYTES = 512 * 1024 * 1024;
/** Of one processor core, while a batch runs and while none does. */
const SHARE = { running: 0.25, idle: 1 } as const;

/**
 * Serves the page over a data folder, live while something runs.
 * @throws {ConfigurationError} when the port cannot be taken
 */
export async function serveDataFolder(options: PageOptions): Promise<DataFolderPage> {
  const { data, originals, cache } = options;
  const live = new LiveStates({ readRecent: (status) => readRecentWork(data, status) });
  let followed: Followed | undefined;
  const isRunning = () => live.current().runs.some(({ status: { state } }) => state === 'running');
  const pictures =
    originals === undefined
      ? undefined
      : createPictures({
          originalsDir: originals,
          cacheDir: cache,
          maxCacheBytes: THUMBNAIL_BYTES,
          share: () => (isRunning() ? SHARE.running : SHARE.idle),
        });
  const gallery = createGallery({ dataDir: data, pictures });
  const server = await serveWeb({
    ...options,
    dataDir: data,
    folder: basename(resolve(data)),
    gallery,
    live,
    control: () => {
      const at = followed;
      return at && ((run, request) => control(at, { data, run }, request));
    },
  });
  return {
    url: server.url,
    follow(bus, { mayPurge }) {
      const subscription = bus.connection.subscribe(statusSubject(), {
        callback: (error, message) => {
          if (error !== null) return;
          const status = runStatus.safeParse(parseJson(message.string()));
          if (status.success) live.take(status.data);
        },
      });
      followed = { bus, mayPurge };
      return () => {
        subscription.unsubscribe();
        if (followed?.bus === bus) followed = undefined;
      };
    },
    async close() {
      await server.close();
      await gallery.close();
    },
  };
}

/** What controls runs is loaded when it is needed: most runs are left alone. */
async function control(
  { bus, mayPurge }: Followed,
  { data, run }: { readonly data: string; readonly run: string },
  request: ControlRequest,
): Promise<ControlAnswer> {
  const { controlRunAtWork } = await import('@cullstream/runs/control');
  const { state } = await controlRunAtWork(bus, { data, run, mayPurge }, request);
  return { run, state };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
