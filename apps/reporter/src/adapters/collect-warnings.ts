import { appendFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { serviceWarning, warningSubject, type RunId } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import { readFileIfThere, type GuardedFolder } from '@cullstream/files';
import type { Logger } from '@cullstream/runtime';

/** Warnings of services on other computers, collected while a run is followed. */
export interface CollectedWarnings {
  /** The warnings without repetitions, in the order in which they arrived. */
  readonly texts: Iterable<string>;
  close(): void;
}

interface Place {
  readonly dataDir: string;
  readonly folder: GuardedFolder;
  readonly log: Logger;
}

const MOST_HEARD = 1_000;

/** Listens to the warnings of services, and stores them for a reporter that is started again. */
export async function collectWarnings(
  bus: Bus,
  run: RunId,
  { dataDir, folder, log }: Place,
): Promise<CollectedWarnings> {
  const path = join(dataDir, '.cullstream', 'logs', `${run}.heard`);
  const texts = new Set(await readKept(path));
  let kept = Promise.resolve();
  const keep = async (text: string) => {
    try {
      folder.makeFolder(dirname(path));
      await appendFile(path, `${JSON.stringify(text)}\n`);
    } catch (error) {
      log.debug({ err: error, path }, 'what services warn of cannot be kept');
    }
  };
  const subscription = bus.connection.subscribe(warningSubject(), {
    callback(error, message) {
      if (error !== null) return;
      const { data: warning } = serviceWarning.safeParse(parse(message.string()));
      // A warning of another run is answered by the reporter that follows that run.
      if (warning !== undefined && (warning.run ?? run) !== run) return;
      message.respond();
      if (warning === undefined) return;
      if (texts.has(warning.text) || texts.size >= MOST_HEARD) return;
      texts.add(warning.text);
      kept = kept.then(() => keep(warning.text));
    },
  });
  return { texts, close: () => subscription.unsubscribe() };
}

async function readKept(path: string): Promise<string[]> {
  const text = await readFileIfThere(path).catch(() => undefined);
  const lines = (text ?? '').split('\n').map(parse);
  return lines.filter((line) => typeof line === 'string');
}

/** Undefined if the line is incomplete. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
