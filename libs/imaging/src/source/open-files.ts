import type { Originals, OriginalsFile } from '../originals/originals.js';

interface Slot {
  readonly file: Promise<OriginalsFile>;
  users: number;
}

/**
 * Files that are opened read only and kept open for the next read. When there are more than `maxOpen`, the
 * least recently used one is closed. A file in use is never closed.
 */
export class OpenFiles {
  readonly #originals: Originals;
  readonly #maxOpen: number;
  /** In the order of use, the latest last. */
  readonly #slots = new Map<string, Slot>();

  constructor(originals: Originals, maxOpen: number) {
    this.#originals = originals;
    this.#maxOpen = maxOpen;
  }

  /** Calls `use` with the open file. After a failure, the next use opens the file again. */
  async use<Result>(path: string, use: (file: OriginalsFile) => Promise<Result>): Promise<Result> {
    const slot = this.#slots.get(path) ?? { file: this.#originals.open(path), users: 0 };
    this.#slots.delete(path);
    this.#slots.set(path, slot);
    slot.users += 1;
    try {
      return await use(await slot.file);
    } catch (error) {
      if (this.#slots.get(path) === slot) this.#slots.delete(path);
      throw error;
    } finally {
      slot.users -= 1;
      if (slot.users === 0 && this.#slots.get(path) !== slot) await closeSlot(slot);
      await this.#closeSurplus();
    }
  }

  async #closeSurplus(): Promise<void> {
    for (const [path, slot] of this.#slots) {
      if (this.#slots.size <= this.#maxOpen) return;
      if (slot.users > 0) continue;
      this.#slots.delete(path);
      await closeSlot(slot);
    }
  }

  /** Closes all files that are not in use, and the others as soon as they are free. */
  async close(): Promise<void> {
    const slots = [...this.#slots.values()];
    this.#slots.clear();
    await Promise.all(slots.filter(({ users }) => users === 0).map(closeSlot));
  }
}

async function closeSlot(slot: Slot): Promise<void> {
  const file = await slot.file.catch(() => undefined);
  await file?.close();
}
