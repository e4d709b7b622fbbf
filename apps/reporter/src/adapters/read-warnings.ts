import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RunId } from '@cullstream/contracts';
import { serviceLogFile } from '@cullstream/report';
import { describeLogEntry, type Logger, type LogEntry } from '@cullstream/runtime';

const MOST_WARNINGS = 100;
/** Level 40 and above, as pino writes it; every other line is passed over unparsed. */
const IS_WARNING = /"level":[4-9]\d/;

/**
 * What the services of a run warned of, each once, out of the log that `cullstream run` keeps beside
 * the data: of every process that worked on it. None where deployed services log elsewhere.
 */
export async function readWarnings(dataDir: string, run: RunId, log: Logger): Promise<string[]> {
  const file = serviceLogFile(run);
  const warnings = new Set<string>();
  let more = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(join(dataDir, file)) })) {
      const warning = IS_WARNING.test(line) ? toWarning(line) : undefined;
      if (warning === undefined || warnings.has(warning)) continue;
      if (warnings.size < MOST_WARNINGS) warnings.add(warning);
      else more += 1;
    }
  } catch (error) {
    log.debug({ err: error, file }, 'the log of the run cannot be read');
  }
  return more === 0 ? [...warnings] : [...warnings, `and ${more} more warnings: ${file} has them`];
}

/** The last line may be torn. */
function toWarning(line: string): string | undefined {
  try {
    return describeLogEntry(JSON.parse(line) as LogEntry);
  } catch {
    return undefined;
  }
}
