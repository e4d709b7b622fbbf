import { Random } from '../../support/random.js';
import type { UnsyncedFolder } from './unsynced.js';
import { Scheduler, type SimulatedProcess } from './scheduler.js';

/** When virtual time begins. Earlier than the time of any real file, so that none seems old. */
export const EPOCH_MS = Date.UTC(2025, 0, 1);

/** What may go wrong with a call of the system. */
export interface CallFaults {
  /** Called before each call on a file. @returns what goes wrong; undefined if nothing does */
  onFileCall(process: SimulatedProcess, call: string, path: string): FileFault | undefined;
  /**
   * Called before and after each transaction.
   * @param isInMemory whether the database has no file
   * @throws what goes wrong
   */
  onTransaction(process: SimulatedProcess, moment: 'before' | 'after', isInMemory: boolean): void;
}

/** `torn`: half of the bytes are written before. */
export interface FileFault {
  readonly error: Error;
  readonly isTorn: boolean;
}

const noFaults: CallFaults = {
  onFileCall: () => undefined,
  onTransaction: () => undefined,
};

/** The simulated machine: its time, its chance and its faults. Code outside of it uses the real ones. */
class Machine {
  scheduler = new Scheduler();
  random = new Random(0);
  faults = noFaults;
  /** What each call on a file takes in addition. */
  slowDiskMs = 0;
  /** The folder that loses with the power what was not synced. */
  unsynced: UnsyncedFolder | undefined;

  /** Starts anew; nothing is left of what ran before. */
  reset(seed: number): void {
    this.scheduler = new Scheduler();
    this.random = new Random(seed);
    this.faults = noFaults;
    this.slowDiskMs = 0;
    this.unsynced = undefined;
  }

  /** Lets nothing go wrong any more. */
  calm(): void {
    this.faults = noFaults;
    this.slowDiskMs = 0;
  }

  get current(): SimulatedProcess | undefined {
    return this.scheduler.current;
  }

  get wallClockMs(): number {
    return EPOCH_MS + this.scheduler.nowMs;
  }

  /** Begins a process with its first task. */
  start(name: string, main: () => void): SimulatedProcess {
    const process: SimulatedProcess = {
      name,
      isAlive: true,
      stoppedUntilMs: 0,
      held: new Set(),
      onUncaught: (error) => {
        throw error;
      },
    };
    this.scheduler.post(process, 0, main);
    return process;
  }

  /** Ends a process as `kill -9` does: nothing of it continues, and what it held is released. */
  kill(process: SimulatedProcess): void {
    if (!process.isAlive) return;
    process.isAlive = false;
    for (const release of process.held) release();
    process.held.clear();
  }

  /** The result of a call of the system that takes a moment; never, if the process ends before. */
  later<T>(process: SimulatedProcess, delayMs: number, call: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.scheduler.post(process, delayMs, () => {
        try {
          resolve(call());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }
}

export const machine = new Machine();

/** What code of a process meets that has been killed while it ran. */
export class KilledError extends Error {
  override readonly name = 'KilledError';
  constructor() {
    super('the process was killed');
  }
}
