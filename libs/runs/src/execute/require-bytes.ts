import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError, type RunId, type RunHead } from '@cullstream/contracts';
import { areImageBytesServed, type Bus } from '@cullstream/bus';
import type { JoinOptions } from '../options.js';

/** A run that has just begun lends as soon as its extractor is up. */
const PATIENCE_MS = 10_000;
const ASK_EVERY_MS = 500;

/**
 * Makes sure that a host which joins a run can get at its images, and at all else that their vectors
 * depend on.
 * @throws {ConfigurationError} saying what is missing, and where it would come from
 */
export async function requireBytes(
  bus: Bus,
  { run, options, legacySamples }: RunHead,
  { bytes, originals, data }: JoinOptions,
): Promise<void> {
  if (originals !== undefined) return;
  if (bytes === 'originals') {
    throw new ConfigurationError([
      '‹originals›: say where they are; a host without them joins with ‹bytes=object-store›',
    ]);
  }
  if (!(await areSoonServed(bus, run))) {
    throw new ConfigurationError([
      `‹bytes›: run ${run} does not lend its images; start it with ‹bytes=object-store›, too, or ` +
        'give this host the originals',
    ]);
  }
  const isMissing = legacySamples.some(
    ({ legacyEmbedding }) => !existsSync(join(data, legacyEmbedding)),
  );
  if (options.legacyCache !== 'ignore' && isMissing) {
    throw new ConfigurationError([
      `‹data›: run ${run} uses embeddings of the older tool, which ${data} does not have: share the ` +
        `run's data folder with this host, or start the run with ‹legacyCache=ignore›`,
    ]);
  }
}

async function areSoonServed(bus: Bus, run: RunId): Promise<boolean> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await areImageBytesServed(bus, run))) {
    if (performance.now() > untilMs) return false;
    await delay(ASK_EVERY_MS);
  }
  return true;
}
