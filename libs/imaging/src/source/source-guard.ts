import type { ZipEntrySource } from '@cullstream/contracts';
import { isHungCall, withinTime } from '@cullstream/files';
import type { ArchiveEntry } from '../archive/archive-entry.js';
import { listArchive } from '../archive/list-archive.js';
import { openOriginals } from '../originals/open-originals.js';
import type { Originals } from '../originals/originals.js';
import { readSourceState, type SourceOutage, type SourceState } from './read-source-state.js';

/** The log to which a guard reports outages. */
export interface OutageLog {
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

export interface SourceGuardOptions {
  /** Folder of the originals, or their address in a bucket. */
  readonly originalsDir: string;
  readonly log: OutageLog;
  /** How long to wait for a source while other originals can be reached. */
  readonly patienceMs?: number;
}

export type Verdict =
  | { readonly state: 'there' }
  | (SourceOutage & { /** It was away for too long. */ readonly isGivenUp: boolean });

/** Long enough for a person to plug a disk in again, short enough that a night is not lost. */
const PATIENCE_MS = 10 * 60_000;
/** A disk that is asleep takes some seconds to answer. */
const LOOK_WITHIN_MS = 15_000;

/**
 * Distinguishes outages of originals from failures of images. Before an image or a project is given up because
 * it cannot be read, the guard checks whether its source can still be reached. An outage is logged when it
 * begins and when it ends. If all originals are unreachable, there is no time limit; for a single source there
 * is, since other projects have to wait meanwhile.
 */
export class SourceGuard {
  readonly #originals: Originals;
  readonly #log: OutageLog;
  readonly #patienceMs: number;
  /** Current outages by the unreachable path: when each began, and the problem that was logged. */
  readonly #outages = new Map<string, { readonly since: number; readonly problem: string }>();
  readonly #looks = new Map<string, Promise<SourceState>>();
  readonly #readBefore = new Map<string, string>();
  /** The archive that was listed last, and its entries. */
  #listing:
    | { readonly key: string; readonly entries: Promise<ReadonlyMap<number, ArchiveEntry>> }
    | undefined;

  constructor({ originalsDir, log, patienceMs = PATIENCE_MS }: SourceGuardOptions) {
    this.#originals = openOriginals(originalsDir);
    this.#log = log;
    this.#patienceMs = patienceMs;
  }

  /**
   * @param source archive or folder below the originals
   * @param folder the folder of an image below that
   */
  async look(source: string, folder?: string): Promise<Verdict> {
    const seen = await this.#lookOnce(source, folder);
    if (seen.state === 'there') {
      const parts = folder === undefined ? ['', source] : ['', source, folder];
      this.#isBack(...parts.map((part) => this.#originals.toText(part)));
      return seen;
    }
    const now = performance.now();
    const known = this.#outages.get(seen.path);
    const since = known?.since ?? now;
    if (known?.problem !== seen.problem) this.#say(seen);
    this.#outages.set(seen.path, { since, problem: seen.problem });
    return { ...seen, isGivenUp: seen.isAlone && now - since >= this.#patienceMs };
  }

  /** Whether an archive still contains an entry as it was listed. */
  async holdsEntry(entry: ZipEntrySource): Promise<boolean> {
    const listed = (await this.#list(entry.archive)).get(entry.entryIndex);
    return (
      listed?.localHeaderOffset === entry.localHeaderOffset &&
      listed.compressedSize === entry.compressedSize &&
      listed.size === entry.size &&
      listed.crc32 === entry.crc32
    );
  }

  /** Records that an image of a source could be read. */
  couldRead(source: string, image: string): void {
    this.#readBefore.set(source, image);
  }

  #say({ path, problem, isAlone }: SourceOutage): void {
    const minutes = Math.round(this.#patienceMs / 60_000);
    const then = isAlone
      ? `; what is of it waits for up to ${minutes} min, then fails until the next run`
      : '; the work waits, and continues by itself when it is back';
    this.#log.warn({ path }, `${path} ${problem}${then}`);
  }

  #isBack(...paths: readonly string[]): void {
    for (const path of paths) {
      if (this.#outages.delete(path))
        this.#log.info({ path }, 'it is there again: the work continues');
    }
  }

  /** Concurrent calls share one look. */
  #lookOnce(source: string, folder: string | undefined): Promise<SourceState> {
    const key = folder ?? source;
    let look = this.#looks.get(key);
    if (look === undefined) {
      look = this.#lookWithinTime(source, folder).finally(() => this.#looks.delete(key));
      this.#looks.set(key, look);
    }
    return look;
  }

  async #lookWithinTime(source: string, folder: string | undefined): Promise<SourceState> {
    const path = this.#originals.place;
    const look = readSourceState({
      originals: this.#originals,
      source,
      folder,
      readBefore: this.#readBefore.get(source),
      list: (archive) => this.#list(archive),
    });
    try {
      return await withinTime(look, path, LOOK_WITHIN_MS);
    } catch (error) {
      if (!isHungCall(error)) throw error;
      const problem = 'does not answer: connect its disk or network again';
      return { state: 'away', path, problem, isAlone: false };
    }
  }

  async #list(path: string): Promise<ReadonlyMap<number, ArchiveEntry>> {
    const { version } = await this.#originals.look(path);
    const key = [path, version].join();
    if (this.#listing?.key !== key) {
      const entries = toMap(this.#originals, path);
      this.#listing = { key, entries };
      entries.catch(() => {
        if (this.#listing?.key === key) this.#listing = undefined;
      });
    }
    return this.#listing.entries;
  }
}

async function toMap(originals: Originals, path: string): Promise<Map<number, ArchiveEntry>> {
  const entries = new Map<number, ArchiveEntry>();
  for await (const entry of listArchive(originals, path)) entries.set(entry.index, entry);
  return entries;
}
