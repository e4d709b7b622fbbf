import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeZip } from '@cullstream/examples';
import { makeEntries, toRunArgs, type Example } from '../support/example.js';
import { runCli, type CliResult } from '../support/run-cli.js';

export interface Batches {
  readonly example: Example;
  readonly pictures: readonly Uint8Array[];
  readonly groups: number;
  readonly data: string;
  readonly natsUrl: string;
}

/** Days of the example itself are 1 to 3. */
const FIRST_DAY = 10;

/**
 * One round: the first archive has new images, the second one image more or less than before, so that
 * all its others come from the cache. Then the first one is replayed.
 */
export async function workRound(batches: Batches, round: number): Promise<void> {
  const { example, pictures, groups, data, natsUrl } = batches;
  const replace = async (name: string, entries: ReturnType<typeof makeEntries>) => {
    rmSync(join(example.originals, name));
    await writeZip(join(example.originals, name), entries);
  };
  await replace('first.zip', makeEntries(pictures, FIRST_DAY + round, groups));
  await replace('second.zip', makeEntries(pictures, 2, groups).slice(round % 2));
  const deployed = ['--nats', natsUrl, '--services', 'deployed'];
  await succeed([...toRunArgs(example, data), ...deployed]);
  const replay = ['replay', '--data', data, '--originals', example.originals];
  await succeed([...replay, '--project', 'first', ...deployed]);
}

/** The example has images that cannot be decoded, so the exit code may be 1. */
export async function succeed(args: readonly string[]): Promise<CliResult> {
  const result = await runCli(args);
  if (result.exitCode === 0 || result.exitCode === 1) return result;
  const end = result.exitCode ?? result.signal;
  throw new Error(`${args.join(' ')} ended with ${end}: ${result.stderr}`);
}
