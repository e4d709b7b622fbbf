import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@cullstream/testing';

export interface CurrentRun {
  readonly run: string;
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

/** Waits for the run in a data folder, and returns how to reach its broker. */
export function readBroker(data: string): Promise<CurrentRun> {
  const path = join(data, '.cullstream/current-run.json');
  return waitFor(() => JSON.parse(readFileSync(path, 'utf8')) as CurrentRun, {
    what: 'the run to name its broker',
    timeoutMs: 60_000,
  });
}
