import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { dumpDatabases, dumpLastRun } from '../support/dump-databases.js';
import type { World } from './world/world.js';

/** What a run has left. Without what differs between any two runs: times and the names of runs. */
export interface Outcome {
  readonly rows: Record<string, string[]>;
  /** The rows of the last run of each project, whoever computed its vectors. */
  readonly lastRows: Record<string, string[]>;
  /** Digests of the vectors by name; of packed ones by what their lines say. */
  readonly vectors: Record<string, string>;
  /** Lines of the index that can be read, each once. */
  readonly index: string[];
  /** Lines of the batch log by project. */
  readonly log: string[];
  /** The counts of the summary. */
  readonly summary: unknown;
  readonly deadLetters: number;
  readonly gaps: readonly string[];
}

const LOG = 'ai_data/batch_predictions_log.jsonl';
const EMBEDDINGS = 'ai_data/embeddings';
/** 512 numbers of 32 bits. */
const ROW_BYTES = 2_048;
const OF_THE_MOMENT =
  /_(at|seconds|id)$|^(run|timestamp|duration|started|completed|line_crc32|images_per).*/;

interface ReadOptions {
  readonly gaps: readonly string[];
  /** For others to be compared with, whatever happened to them. */
  readonly isWhole: boolean;
  /** See {@link findDifferences}. */
  readonly isLastRun: boolean;
}

export function readOutcome(
  data: string,
  world: World,
  { gaps, isWhole, isLastRun }: ReadOptions,
): Outcome {
  return {
    rows: isLastRun ? {} : dumpDatabases(data),
    lastRows: isLastRun || isWhole ? dumpLastRun(data) : {},
    vectors: {
      ...readVectors(join(data, EMBEDDINGS)),
      ...readPackedVectors(join(data, EMBEDDINGS)),
    },
    index: [...new Set(readLines(join(data, 'ai_data/cache')).map(withoutTimes))].sort(),
    log: readLog(join(data, LOG)),
    summary: readSummary(data),
    deadLetters: world.broker.model.api.streams.get('DEAD')?.messages.size ?? 0,
    gaps,
  };
}

function readVectors(folder: string): Record<string, string> {
  const vectors: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.npy')) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    vectors[entry.name] = createHash('sha256').update(bytes).digest('hex');
  }
  return vectors;
}

/** Each line of packed vectors that is whole, without where its row is, and the digest of the row. */
function readPackedVectors(embeddings: string): Record<string, string> {
  const vectors: Record<string, string> = {};
  for (const entry of readdirSync(embeddings, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.f32')) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const lines = path.replace(/f32$/, 'jsonl');
    for (const text of existsSync(lines) ? readFileSync(lines, 'utf8').split('\n') : []) {
      const line = tryParse(text);
      if (line === undefined) continue;
      const { vector_row: row, embedding_file: _file, ...facts } = line;
      const from = Number(row) * ROW_BYTES;
      const vector = bytes.subarray(from, from + ROW_BYTES);
      // A damaged row stays, and another one takes its place.
      if (crc32(vector) !== facts['vector_crc32']) continue;
      const digest = createHash('sha256').update(vector);
      vectors[JSON.stringify(lasting(facts))] = digest.digest('hex');
    }
  }
  return Object.fromEntries(
    Object.entries(vectors).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function readLines(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
}

/** Undefined for a line that was torn: those stay, and count nowhere. */
function tryParse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** An index line without the run that wrote it; empty for one that was torn. */
function withoutTimes(line: string): string {
  const record = tryParse(line);
  return record === undefined ? '' : JSON.stringify(lasting(record));
}

function readLog(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const record = tryParse(line);
      if (record === undefined) return [];
      const { project_id: project, ...rest } = record;
      return JSON.stringify({ project, ...lasting(rest) });
    })
    .sort();
}

/**
 * The last summary. If the command was killed after the end of the run, the same command begins
 * another one, which skips every project and counts every vector as cached.
 */
function readSummary(data: string): unknown {
  const folder = join(data, 'ai_data');
  const names = readdirSync(folder).filter((name) => /summary.*\.json$/.test(name));
  const text = readFileSync(join(folder, names.sort().at(-1) ?? ''), 'utf8');
  const { results, images, groups } = JSON.parse(text) as Record<string, Record<string, number>>;
  return {
    projects: (results?.['processed'] ?? 0) + (results?.['skipped'] ?? 0),
    failedProjects: results?.['failed'],
    images: images?.['total'],
    failedImages: images?.['failed'],
    vectors: (images?.['embedded'] ?? 0) + (images?.['cached'] ?? 0),
    groups,
  };
}

function lasting(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !OF_THE_MOMENT.test(name)));
}

/**
 * What differs between what a run left and what it should have left; empty if nothing does.
 * @param isLastRun compares the last run of each project: if the broker lost the record of a run, the
 *   same command begins another one, and takes what was computed from the cache
 */
export function findDifferences(found: Outcome, expected: Outcome, isLastRun: boolean): string[] {
  const differences: string[] = [];
  for (const key of Object.keys(expected) as (keyof Outcome)[]) {
    if (isLastRun ? key === 'rows' || key === 'log' : key === 'lastRows') continue;
    const [is, should] = [found[key], expected[key]];
    if (key === 'index') {
      const lines = new Set(found.index);
      const missing = expected.index.filter((line) => !lines.has(line));
      if (missing.length > 0) differences.push(`index lacks ${missing.join('\n')}`);
      continue;
    }
    if (JSON.stringify(is) === JSON.stringify(should)) continue;
    differences.push(
      `${key}: ${JSON.stringify(is, null, 1)}\ninstead of\n${JSON.stringify(should, null, 1)}`,
    );
  }
  return differences;
}
