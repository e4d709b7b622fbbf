import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Random } from '../../support/random.js';

/** As they were when this module was loaded: none of them is a call of the simulation. */
const {
  existsSync,
  fstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} = fs;

/** Files beside a database that are part of it, or made anew. */
const LOG = '-wal';
const OF_DATABASES = /\.db(-wal|-journal|-shm)?$/;

/**
 * What a disk has of the files in a folder of databases if the power fails: contents that were synced, under
 * names that were synced. Databases are taken as a whole: all that was committed durably.
 */
export class UnsyncedFolder {
  readonly #folder: string;
  /** By inode: what each file had when it was synced last. */
  readonly #contents = new Map<number, Buffer>();
  /** By name: what the disk has. */
  readonly #names = new Map<string, Buffer>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A file or folder was synced. */
  synced(descriptor: number): void {
    const facts = fstatSync(descriptor);
    if (facts.isDirectory()) {
      if (facts.ino === statSync(this.#folder, { throwIfNoEntry: false })?.ino) this.#namesSynced();
      return;
    }
    for (const name of this.#list()) {
      const path = join(this.#folder, name);
      if (statSync(path).ino === facts.ino) this.#contents.set(facts.ino, readFileSync(path));
    }
  }

  /** A connection has committed, and its commits are synced. */
  committed(database: string): void {
    if (dirname(database) !== this.#folder) return;
    for (const name of [basename(database), basename(database) + LOG]) {
      const path = join(this.#folder, name);
      if (existsSync(path)) this.#names.set(name, readFileSync(path));
      else this.#names.delete(name);
    }
  }

  /** Leaves what the disk has. Of the names that were not synced, chance decides which are there. */
  losePower(random: Random): void {
    for (const name of this.#list()) {
      const isLost = this.#names.has(name) || OF_DATABASES.test(name) || random.below(2) === 0;
      if (isLost) rmSync(join(this.#folder, name), { force: true });
    }
    if (this.#names.size > 0) mkdirSync(this.#folder, { recursive: true });
    for (const [name, content] of this.#names) writeFileSync(join(this.#folder, name), content);
    this.#contents.clear();
  }

  #list(): string[] {
    return existsSync(this.#folder) ? readdirSync(this.#folder) : [];
  }

  #namesSynced(): void {
    const there = new Set(this.#list());
    for (const name of there) {
      // What connections have open is synced by their commits.
      if (this.#names.has(name) && OF_DATABASES.test(name)) continue;
      const content = this.#contents.get(statSync(join(this.#folder, name)).ino);
      this.#names.set(name, content ?? Buffer.alloc(0));
    }
    for (const name of this.#names.keys()) if (!there.has(name)) this.#names.delete(name);
  }
}
