import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import {
  toRunLists,
  runLists,
  storedRun,
  toRunHead,
  toRunRecord,
  type RunHead,
  type RunId,
  type RunLists,
  type RunRecord,
} from '@cullstream/contracts';
import { openDocuments, openRecords, RUN_RECORDS, type Bus, type Documents } from '@cullstream/bus';

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** Lists up to this size are stored in the record. With longer ones it would not fit into a message. */
const MAX_INLINE_BYTES = 4 * 1024;
const DIGEST_LENGTH = 16;
/** Attempts to read lists, which may be replaced meanwhile: a run may be continued with more projects. */
const ATTEMPTS = 5;

/** The records of the runs of a broker, by run id. */
export interface RunRecords {
  /** The record without its lists. It is small, so it may be read often. */
  get(run: RunId): Promise<RunHead | undefined>;
  /** The record with its lists, which may be long. */
  load(run: RunId): Promise<RunRecord | undefined>;
  list(): Promise<ReadonlyMap<RunId, RunHead>>;
  /** Stores the record of a new run, with its lists, in place of any other. */
  save(record: RunRecord): Promise<void>;
  /**
   * Stores the record of a run that goes on, with its lists, unless it was cancelled or deleted meanwhile.
   * @returns whether it goes on
   */
  goOn(record: RunRecord): Promise<boolean>;
  /** As {@link Records.update}; the lists stay. */
  update(run: RunId, change: (current: RunHead) => RunHead): Promise<RunHead | undefined>;
  delete(run: RunId): Promise<void>;
}

/**
 * Opens the records of all runs of a broker. Records of earlier versions, which contain their lists, can
 * be read as well.
 */
export async function openRunRecords(bus: Bus): Promise<RunRecords> {
  const heads = await openRecords(bus, RUN_RECORDS, {
    parse: (value) => toRunHead(storedRun.parse(value)),
  });
  const documents = await openDocuments(bus, RUN_RECORDS);

  return {
    get: (run) => heads.get(run),
    list: () => heads.list(),
    update: (run, change) => heads.update(run, change),
    async load(run) {
      for (let attempt = 1; ; attempt++) {
        const head = await heads.get(run);
        if (head === undefined) return undefined;
        const lists = await readLists(documents, head);
        if (lists !== undefined) return toRunRecord(head, lists);
        if (attempt === ATTEMPTS) throw new Error(`the lists of run ${run} are not whole`);
      }
    },
    async save(record) {
      const lists = await storeLists(documents, record);
      await heads.put(record.run, { ...toRunHead(record), lists });
      await deleteOtherLists(documents, record.run, lists);
    },
    async goOn(record) {
      const lists = await storeLists(documents, record);
      const next = { ...toRunHead(record), lists };
      const stored = await heads.update(record.run, (current) =>
        current.state === 'cancelled' ? current : next,
      );
      if (stored === undefined || stored.state === 'cancelled') return false;
      await deleteOtherLists(documents, record.run, lists);
      return true;
    },
    async delete(run) {
      await heads.delete(run);
      await documents.deleteAll(toName(run, ''));
    },
  };
}

/** @throws {Error} when the broker has no record of the run */
export async function requireRun(records: RunRecords, run: RunId): Promise<RunHead> {
  return (await records.get(run)) ?? missing(run);
}

/** As {@link requireRun}, with its lists. */
export async function requireWholeRun(records: RunRecords, run: RunId): Promise<RunRecord> {
  return (await records.load(run)) ?? missing(run);
}

function missing(run: RunId): never {
  throw new Error(`the broker has no record of run ${run}: start it with \`cullstream run\``);
}

function toName(run: RunId, digest: string): string {
  return `${run}/lists/${digest}`;
}

async function storeLists(documents: Documents, record: RunRecord): Promise<RunHead['lists']> {
  const lists = toRunLists(record);
  const bytes = Buffer.from(JSON.stringify(lists));
  if (bytes.length <= MAX_INLINE_BYTES) return lists;
  const digest = toDigest(bytes);
  const parts = await documents.put(toName(record.run, digest), await compress(bytes));
  return { digest, parts };
}

async function deleteOtherLists(
  documents: Documents,
  run: RunId,
  lists: RunHead['lists'],
): Promise<void> {
  const kept = 'digest' in lists ? toName(run, lists.digest) : undefined;
  await documents.deleteAll(toName(run, ''), kept);
}

/** Undefined if the lists were replaced meanwhile. */
async function readLists(documents: Documents, head: RunHead): Promise<RunLists | undefined> {
  const { run, lists } = head;
  if (!('digest' in lists)) return lists;
  const compressed = await documents.read(toName(run, lists.digest), lists.parts);
  if (compressed === undefined) return undefined;
  const bytes = await expand(compressed);
  if (toDigest(bytes) !== lists.digest) {
    throw new Error(`the lists of run ${run} are not those that were stored`);
  }
  return runLists.parse(JSON.parse(bytes.toString('utf8')));
}

function toDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST_LENGTH);
}
