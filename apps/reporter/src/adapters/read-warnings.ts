import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RunId } from '@cullstream/contracts';
import { serviceLogFile } from '@cullstream/report';
import { toLoggedWarning, type Logger } from '@cullstream/runtime';

const MOST_WARNINGS = 100;

/**
 * The warnings of a run without repetitions: first those in the logs that `cullstream run` stores in the
 * data folder, then those that services on other computers sent to the reporter.
 */
export async function readWarnings(
  dataDir: string,
  run: RunId,
  { heard, log }: { readonly heard: Iterable<string>; readonly log: Logger },
): Promise<string[]> {
  const file = serviceLogFile(run);
  const warnings = new Set<string>();
  let more = 0;
  const add = (warning: string) => {
    if (warnings.has(warning)) return;
    if (warnings.size < MOST_WARNINGS) warnings.add(warning);
    else more += 1;
  };
  try {
    for await (const line of createInterface({ input: createReadStream(join(dataDir, file)) })) {
      const warning = toLoggedWarning(line);
      if (warning !== undefined) add(warning.text);
    }
  } catch (error) {
    log.debug({ err: error, file }, 'the log of the run cannot be read');
  }
  for (const warning of heard) add(warning);
  return more === 0 ? [...warnings] : [...warnings, `and ${more} more warnings: ${file} has them`];
}
