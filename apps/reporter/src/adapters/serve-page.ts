import { readFile } from 'node:fs/promises';
import type { Bus } from '@cullstream/bus';
import { writeSettings } from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';
import { toPageToken, writeVariable, type Logger } from '@cullstream/runtime';
import type { ReporterSettings } from '../settings.js';

/** The page while it is served. */
export interface ServedPage {
  /** Resolves when the open pages have their last pictures, after a time limit, or at `signal`. */
  untilLoaded(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves the page if a port is set. If it cannot be served, that is only a warning: the run continues
 * without it.
 */
export async function servePage(
  settings: ReporterSettings,
  bus: Bus,
  log: Logger,
): Promise<ServedPage | undefined> {
  const { pagePort: port, pageHost: host, pageNames: names = [] } = settings;
  if (port === undefined) return undefined;
  try {
    // Loaded late, so that a reporter without a page needs less memory.
    const { serveDataFolder } = await import('@cullstream/web');
    const known = await readToken(settings);
    const token = toPageToken(host, known);
    const { data, originals, cache } = settings;
    const server = await serveDataFolder({
      ...{ data, originals, cache, host, port, names, token },
    });
    // The services of a deployment have no permission to purge streams.
    server.follow(bus, { mayPurge: settings.run !== undefined });
    // A token from the settings is known to the user and must not appear in the log.
    const url = known === undefined ? server.url : server.url.replace(/\?.*/, '?token=…');
    log.info({ url }, 'the page is served');
    return server;
  } catch (error) {
    const problem = writeSettings(errorMessage(error), writeVariable);
    log.warn({ err: error }, `there is no page: ${problem}`);
    return undefined;
  }
}

async function readToken({
  pageToken,
  pageTokenFile,
}: ReporterSettings): Promise<string | undefined> {
  if (pageToken !== undefined || pageTokenFile === undefined) return pageToken;
  return (await readFile(pageTokenFile, 'utf8')).trim();
}
