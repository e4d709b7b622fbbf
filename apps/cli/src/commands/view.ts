import { tryPort } from '@cullstream/broker';
import { isThere, openOriginals } from '@cullstream/imaging/archive';
import { followWork, loadKnownProjects } from '@cullstream/runs';
import { describeElsewhere, exitCodes, requireDataFolder, toPageToken } from '@cullstream/runtime';
import { serveDataFolder } from '@cullstream/web';
import type { ViewSettings } from '../settings/view-settings.js';
import type { CommandContext } from './command-context.js';

/** Serves the page for a data folder until a signal comes. The page shows active runs live. */
export async function view(settings: ViewSettings, context: CommandContext): Promise<number> {
  const { data, cache, pageHost: host, pagePort, json } = settings;
  const { terminal, log } = context;
  requireDataFolder(data);
  const interruption = context.listenToSignals('ending');
  const token = toPageToken(host);
  const originals = settings.originals ?? (await findOriginals(data, log));
  const port = await tryPort(pagePort, host).catch(() => 0);
  const place = { host, port, names: [], token };
  const server = await serveDataFolder({ data, originals, cache, ...place });
  if (port !== pagePort) {
    terminal.note(`port ${pagePort} cannot be taken: the page is at another one`);
  }
  const { url } = server;
  terminal.print(
    json ? JSON.stringify({ url }) : `look at ${data} at ${url}${describeElsewhere(host)}`,
  );
  terminal.note('Press Ctrl-C to end.');
  if (originals === undefined) {
    terminal.note('there are no pictures without the originals: name their folder by --originals');
  }
  if (settings.originals !== undefined && !(await isThere(openOriginals(settings.originals)))) {
    terminal.note(`${settings.originals} is not there: pictures are shown once it is`);
  }
  await followWork(settings, context, {
    follow: (bus) => server.follow(bus, { mayPurge: true }),
    signal: interruption.signal,
  });
  await server.close();
  return exitCodes.ok;
}

/** The originals of the last run, or undefined if they are not there now. */
async function findOriginals(
  data: string,
  log: CommandContext['log'],
): Promise<string | undefined> {
  const known = await loadKnownProjects(data, log);
  for (const place of new Set(known.toReversed().map(({ originals }) => originals))) {
    if (place !== null && (await isThere(openOriginals(place)))) return place;
  }
  return undefined;
}
