import { basename, resolve } from 'node:path';
import type { ControlAnswer, ControlRequest } from '@cullstream/contracts/web';
import { hearStatus, type Bus } from '@cullstream/bus';
import { createGallery, createPictures } from '@cullstream/gallery';
import { LiveStates } from './live/live-feed.js';
import { readRecentWork } from './live/read-recent.js';
import { serveWeb, type WebServer } from './serve-web.js';

export interface PageOptions {
  readonly data: string;
  /** The originals folder. Without it no pictures are shown. */
  readonly originals: string | undefined;
  /** The cache folder. */
  readonly cache: string;
  readonly host: string;
  /** Port to listen on; 0 for any free port. */
  readonly port: number;
  /** Further host names of this server. */
  readonly names: readonly string[];
  /** Needed on every address other than loopback. */
  readonly token: string | undefined;
}

/** The page for a data folder. */
export interface DataFolderPage extends WebServer {
  /**
   * Shows the runs of a broker and lets users control them.
   * @param options.mayPurge whether the broker allows this connection to purge streams
   * @returns a function that ends this
   */
  follow(bus: Bus, options: { readonly mayPurge: boolean }): () => void;
}

interface Followed {
  readonly bus: Bus;
  readonly mayPurge: boolean;
}

/** Limit of the thumbnail cache, enough for about 20,000 thumbnails. */
const THUMBNAIL_BYTES = 512 * 1024 * 1024;
/** Share of one processor core for thumbnails, while a run is active and while none is. */
const SHARE = { running: 0.25, idle: 1 } as const;

/**
 * Serves the page for a data folder. It shows active runs live.
 * @throws {ConfigurationError} when the server cannot listen on the port
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
    untilLoaded: (signal) => server.untilLoaded(signal),
    follow(bus, { mayPurge }) {
      const unhear = hearStatus(bus, undefined, (status) => live.take(status));
      followed = { bus, mayPurge };
      return () => {
        unhear();
        if (followed?.bus === bus) followed = undefined;
      };
    },
    async close() {
      await server.close();
      await gallery.close();
    },
  };
}

/**
 * Loads the code that controls runs when it is first needed, because most runs are never
 * controlled.
 */
async function control(
  { bus, mayPurge }: Followed,
  { data, run }: { readonly data: string; readonly run: string },
  request: ControlRequest,
): Promise<ControlAnswer> {
  const { controlRunAtWork } = await import('@cullstream/runs/control');
  const { state } = await controlRunAtWork(bus, { data, run, mayPurge }, request);
  return { run, state };
}
