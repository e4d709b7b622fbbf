import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { isLoopback } from '@cullstream/contracts/web';
import { followWork, loadKnownProjects } from '@cullstream/runs';
import { exitCodes, requireDataFolder } from '@cullstream/runtime';
import { serveDataFolder } from '@cullstream/web';
import type { ViewSettings } from '../settings/view-settings.js';
import type { CommandContext } from './command-context.js';
import { onSignals } from './on-signals.js';

/** Serves the page over a data folder until it is ended; live while something runs. */
export async function view(settings: ViewSettings, context: CommandContext): Promise<number> {
  const { data, cache, pageHost: host, pagePort: port, json } = settings;
  const { terminal, log } = context;
  requireDataFolder(data);
  const interruption = onSignals(context, 'ending');
  const token = isLoopback(host) ? undefined : randomBytes(18).toString('base64url');
  const originals = settings.originals ?? (await findOriginals(data, log));
  const serve = (at: number) =>
    serveDataFolder({ data, originals, cache, host, port: at, names: [], token });
  const server = await serve(port).catch(async (taken: unknown) => {
    const elsewhere = await serve(0).catch(() => undefined);
    if (elsewhere === undefined) throw taken;
    terminal.note(`port ${port} cannot be taken: the page is at another one`);
    return elsewhere;
  });
  const { url } = server;
  terminal.print(json ? JSON.stringify({ url }) : `look at ${data} at ${url}`);
  terminal.note('Press Ctrl-C to end.');
  if (originals === undefined) {
    terminal.note('there are no pictures without the originals: name their folder by --originals');
  }
  await followWork(settings, context, {
    follow: (bus) => server.follow(bus, { mayPurge: true }),
    signal: interruption.signal,
  });
  await server.close();
  return exitCodes.ok;
}

/** Where the originals of the last run are; undefined where they are not there now. */
async function findOriginals(
  data: string,
  log: CommandContext['log'],
): Promise<string | undefined> {
  const known = await loadKnownProjects(data, log);
  return (
    known.findLast(({ originals }) => originals !== null && existsSync(originals))?.originals ??
    undefined
  );
}
