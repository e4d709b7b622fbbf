import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONTRACT_RECORD, CONTRACT_VERSION, connectBus, openRecords } from '@cullstream/bus';
import { silentLog, waitFor } from '@cullstream/testing';
import { Sqlite } from '@cullstream/store';
import { digestDatabase, digestDecisions } from './support/database-bytes.js';
import { dumpDatabases } from './support/dump-databases.js';
import { startOpenBroker } from './support/open-broker.js';
import { runCli, startCli } from './support/run-cli.js';
import { runInProcess, type InProcessResult } from './support/run-in-process.js';
import { copySamples, sampleModels, toArgs, type SamplesCopy } from './support/samples.js';

const GROUPS = 38;
const DONE_WITH_FAILURES = 1;
const INTERRUPTED = 3;
const otherRanker = ['--ranker', sampleModels.otherRanker];

let copy: SamplesCopy;

function argsFor(command: string): string[] {
  const { embedder, ranker, crop } = sampleModels;
  const models = ['--embedder', embedder, '--ranker', ranker, '--crop', crop];
  return [command, '--data', copy.data, ...models];
}

async function readJson<T>(args: readonly string[]): Promise<T> {
  const result = await runInProcess([...args, '--data', copy.data, '--json']);
  expect(result.exitCode, result.stderr).toBe(0);
  return JSON.parse(result.stdout) as T;
}

interface VersionRow {
  project: string;
  version: string;
  current_groups: number;
  decided_groups: number;
  last_run: string;
}

async function readVersions(): Promise<VersionRow[]> {
  return (await readJson<{ versions: VersionRow[] }>(['versions'])).versions;
}

/** A digest of each project's database. */
function toDigests(digest: (path: string) => string): Record<string, string> {
  const databases = [
    'dalia',
    'Patricia',
    'Kiara_Slender_ai_predictions_temp',
    'mixed-0919',
    'mojo3',
  ];
  const folder = join(copy.data, 'training/ai_training_decisions');
  return Object.fromEntries(databases.map((name) => [name, digest(join(folder, `${name}.db`))]));
}

/** Predictions of one run of a project, without the run's own name. */
function readPredictions(project: string, run: string): string[] {
  const path = join(copy.data, 'training/ai_training_decisions', `${project}.db`);
  const database = new Sqlite(path, { readonly: true });
  const rows = database
    .prepare<[string], object>(
      `SELECT sequence, outcome, content_sha256, width_px, height_px, embedding_recipe, score, crop,
       stage, reason, message FROM predictions WHERE run = ? ORDER BY sequence`,
    )
    .all(run);
  database.close();
  return rows.map((row) => JSON.stringify(row));
}

/** Makes the broker of a data folder one that was set up by a version of another contract. */
async function setContract(data: string, contract: number): Promise<void> {
  const server = await startOpenBroker(join(data, '.cullstream/broker/jetstream'));
  const bus = await connectBus({ url: server.url, name: 'test', log: silentLog });
  const records = await openRecords(bus, CONTRACT_RECORD, { parse: Number });
  expect(await records.get('events')).toBe(CONTRACT_VERSION);
  await records.put('events', contract);
  await bus.close();
  await server.stop();
}

describe('replay of the samples', () => {
  let undisturbed: Record<string, string>;
  let replayed: InProcessResult;
  let otherVersion: string;

  beforeAll(async () => {
    copy = copySamples();
    const run = await runInProcess(['run', ...toArgs(copy)]);
    expect(run.exitCode, run.stderr).toBe(DONE_WITH_FAILURES);
    undisturbed = toDigests(digestDecisions);
    await setContract(copy.data, 1);
    replayed = await runInProcess([...argsFor('replay'), ...otherRanker, '--json']);
    const found = (await readVersions()).find((row) => row.current_groups === 0);
    otherVersion = found?.version ?? '';
  });

  it('embeds nothing, says that it took the stream, and ends as a run does', () => {
    expect(replayed.exitCode, replayed.stderr).toBe(DONE_WITH_FAILURES);
    const summary = JSON.parse(replayed.stdout) as { images: object; groups: object };
    expect(summary.images).toMatchObject({ total: 101, embedded: 0, cached: 98, failed: 3 });
    expect(summary.groups).toEqual({ total: GROUPS, decided: GROUPS, failed: 0 });
    expect(replayed.stderr).toContain('Patricia: embeddings fed: 20 from the stream');
    expect(replayed.stderr).toMatch(
      /still have \d+ decisions of other versions .*cullstream promote /,
    );
  });

  it('keeps its version beside the first one, which stays the current one', async () => {
    expect(toDigests(digestDecisions)).toEqual(undisturbed);
    const versions = await readVersions();
    expect(versions).toHaveLength(10);
    const inPatricia = versions.filter(({ project }) => project === 'Patricia');
    expect(inPatricia.map(({ current_groups: current }) => current)).toEqual([8, 0]);
    expect(inPatricia.map(({ decided_groups: decided }) => decided)).toEqual([8, 8]);
  });

  it('is compared with the first version, and both with the user', async () => {
    const [first] = await readVersions();
    const diff = await readJson<{
      total: { comparedGroups: number; winnersChanged: number; userGroups: number };
      groups: { difference: number }[];
    }>(['diff', first?.version ?? '', otherVersion]);
    // Of ten groups that were judged, three were rejected, and one is not in the originals.
    expect(diff.total).toMatchObject({ comparedGroups: GROUPS, winnersChanged: 19, userGroups: 6 });
    expect(diff.groups).toHaveLength(19);
    expect(diff.groups[0]?.difference).toBeGreaterThan(1);
  });

  it('is promoted once, and undone to the bytes that the run began with', async () => {
    const whole = toDigests(digestDatabase);
    const promoted = await readJson<{ projects: { replaced: number }[] }>([
      'promote',
      otherVersion,
    ]);
    expect(promoted.projects.map(({ replaced }) => replaced)).toEqual([11, 8, 4, 7, 8]);
    const promotedDigests = toDigests(digestDecisions);
    for (const [name, digest] of Object.entries(undisturbed)) {
      expect(promotedDigests[name]).not.toBe(digest);
    }
    const again = await readJson<{ promotion: null }>(['promote', otherVersion]);
    expect(again.promotion).toBeNull();
    await readJson(['promote', '--undo']);
    expect(toDigests(digestDecisions)).toEqual(undisturbed);
    expect(toDigests(digestDatabase)).toEqual(whole);
  });

  it('rebuilds from cache and database what was purged, with the same predictions', async () => {
    const before = (await readVersions()).find(
      (row) => row.project === 'mixed-0919' && row.version === otherVersion,
    );
    await readJson(['streams', '--prune', '--keep-runs', '0']);
    const again = await runInProcess([
      ...argsFor('replay'),
      ...otherRanker,
      '--project',
      'mixed-0919',
    ]);
    expect(again.exitCode, again.stderr).toBe(DONE_WITH_FAILURES);
    expect(again.stderr).toContain('embeddings fed: 18 rebuilt from cache and database');
    const after = (await readVersions()).find(
      (row) => row.project === 'mixed-0919' && row.version === otherVersion,
    );
    expect(after?.last_run).not.toBe(before?.last_run);
    expect(readPredictions('mixed-0919', after?.last_run ?? '')).toEqual(
      readPredictions('mixed-0919', before?.last_run ?? ''),
    );
  });

  it('takes the run that is named, and none that does not fit the time', async () => {
    const rows = await readVersions();
    const first = rows.find(({ project, current_groups: n }) => project === 'dalia' && n > 0);
    const args = [...argsFor('replay'), '--project', 'dalia', '--features', 'legacy-batch'];
    const named = ['--run', first?.last_run ?? ''];
    const late = await runInProcess([...args, ...named, '--before', '2020-01-01']);
    expect(late.exitCode).toBe(2);
    expect(late.stderr).toContain('dalia: no completed run fits');
    const fits = await runInProcess([...args, ...named, '--after', '2020-01-01', '--json']);
    expect(fits.exitCode, fits.stderr).toBe(0);
    expect(JSON.parse(fits.stdout)).toMatchObject({ images: { total: 12, cached: 12 } });
  });

  it('embeds anew by another recipe from the stored catalogue', async () => {
    const result = await runInProcess([
      ...argsFor('replay'),
      ...['--from', 'images', '--originals', copy.originals, '--project', 'dalia'],
      ...['--preprocess', 'fast', '--json'],
    ]);
    expect(result.exitCode, result.stderr).toBe(0);
    const summary = JSON.parse(result.stdout) as { images: object };
    expect(summary.images).toMatchObject({ total: 12, embedded: 12, cached: 0, failed: 0 });
    expect(result.stderr).toContain('images fed: 12 rebuilt from the database');
  });

  it('goes on after Ctrl-C and a kill, and its rows are those of an undisturbed replay', async () => {
    const args = [...argsFor('replay'), '--features', 'legacy-batch'];
    const end = async (begin: string, signal: NodeJS.Signals) => {
      const started = startCli(args);
      let said = '';
      started.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await waitFor(() => said.includes(begin), {
        what: 'the replay to begin',
        timeoutMs: 30_000,
      });
      started.child.kill(signal);
      return started.result;
    };
    expect((await end('starting replay', 'SIGINT')).exitCode).toBe(INTERRUPTED);
    await end('resuming replay', 'SIGKILL');
    const resumed = await runCli(args);
    expect(resumed.exitCode, resumed.stderr).toBe(DONE_WITH_FAILURES);
    expect(resumed.stderr).toContain('resuming replay');
    const resumedRows = dumpDatabases(copy.data)['mojo3.db/group_decisions'];
    await runInProcess([...args, '--project', 'mojo3']);
    const runs = (await readVersions()).filter(({ project }) => project === 'mojo3');
    const versions = new Set(runs.map(({ version }) => version));
    expect(versions.size).toBe(3);
    expect(new Set(dumpDatabases(copy.data)['mojo3.db/group_decisions'])).toEqual(
      new Set(resumedRows),
    );
  });

  it('refuses a project that has no embeddings of the given encoder', async () => {
    const result = await runInProcess([
      ...argsFor('replay'),
      '--preprocess',
      'fast',
      '--project',
      'mojo3',
    ]);
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('its embeddings are of clip_tiny.onnx');
  });

  it('says that a project is unknown before it looks for models', async () => {
    const result = await runInProcess(['replay', '--data', copy.data, '--project', 'mojo4']);
    expect([result.exitCode, result.stderr]).toEqual([
      2,
      expect.stringMatching(
        /^error: --project: no database of project "mojo4"; did you mean "mojo3"\?$/,
      ),
    ]);
  });
});
