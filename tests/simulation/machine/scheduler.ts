/** A process of the simulation: what it waits for never comes once it is dead. */
export interface SimulatedProcess {
  readonly name: string;
  isAlive: boolean;
  /** As after SIGSTOP: nothing of it runs before this moment. */
  stoppedUntilMs: number;
  /** Open files, sockets and databases, which the system closes when the process ends. */
  readonly held: Set<() => void>;
  /** Called with what nobody caught. */
  onUncaught: (error: unknown) => void;
}

export interface Task {
  atMs: number;
  readonly order: number;
  readonly process: SimulatedProcess;
  readonly run: () => void;
  isCancelled: boolean;
}

/** Nothing is left to do, or work never ends. */
export class StuckError extends Error {
  override readonly name = 'StuckError';
}

const turn = setImmediate;
const sleep = setTimeout;

/** Virtual time that is not skipped before as much real time has passed. */
const PATIENCE_MS = 5;
/** Steps in one turn of Node's event loop, which runs all microtasks between two of them. */
const STEPS_A_TURN = 100;

interface Limits {
  readonly ms: number;
  readonly steps: number;
}

/**
 * Virtual time: a queue of tasks, run one after the other, each with every microtask that follows from
 * it. Time passes only from task to task.
 */
export class Scheduler {
  nowMs = 0;
  steps = 0;
  /** The process whose code runs. Undefined outside of the simulation. */
  current: SimulatedProcess | undefined;
  /** Lets work of the real system end before time moves on: modules that are loaded for the first time. */
  isPatient = false;
  /** Called before each step, in no process. */
  onStep: (step: number) => void = () => undefined;
  #order = 0;
  readonly #heap: Task[] = [];

  post(process: SimulatedProcess, delayMs: number, run: () => void): Task {
    const task = {
      atMs: this.nowMs + Math.max(0, delayMs),
      order: this.#order++,
      process,
      run,
      isCancelled: false,
    };
    this.#push(task);
    return task;
  }

  /**
   * @throws {StuckError} when nothing is left to do, or it takes more time or steps than the limits
   */
  runUntil(isOver: () => boolean, limits: Limits): Promise<void> {
    return new Promise((resolve, reject) => {
      let isEnded = false;
      const end = (tell: () => void) => {
        isEnded = true;
        tell();
      };
      // When it is called again, every microtask of the step before has run.
      const goOn = () => {
        this.current = undefined;
        if (isEnded) return;
        try {
          if (isOver()) end(resolve);
          else this.#step(limits);
        } catch (error) {
          this.current = undefined;
          end(() => reject(error instanceof Error ? error : new Error(String(error))));
        }
      };
      const takeTurn = () => {
        if (isEnded) return;
        const steps = this.isPatient ? 1 : STEPS_A_TURN;
        for (let step = 0; step < steps; step++) turn(goOn);
        turn(this.isPatient ? () => this.#wait(takeTurn) : takeTurn);
      };
      takeTurn();
    });
  }

  #step({ ms, steps }: Limits): void {
    const task = this.#pop();
    if (task === undefined) throw new StuckError('nothing is left to do, and the work is not done');
    const { process } = task;
    if (task.isCancelled || !process.isAlive) return;
    if (process.stoppedUntilMs > Math.max(task.atMs, this.nowMs)) {
      task.atMs = process.stoppedUntilMs;
      this.#push(task);
      return;
    }
    this.nowMs = Math.max(this.nowMs, task.atMs);
    this.steps += 1;
    this.onStep(this.steps);
    if (this.nowMs > ms) throw new StuckError(`no end after ${ms / 1_000} s`);
    if (this.steps > steps) throw new StuckError(`no end after ${steps} steps`);
    this.#runAs(process, task.run);
  }

  /** Runs code of a process; what it throws ends the process. */
  #runAs(process: SimulatedProcess, run: () => void): void {
    if (!process.isAlive) return;
    // The microtasks that follow belong to the process as well: it is reset before the next step.
    this.current = process;
    try {
      run();
    } catch (error) {
      process.onUncaught(error);
    }
  }

  #wait(goOn: () => void): void {
    this.current = undefined;
    const [next] = this.#heap;
    if (next === undefined || next.atMs > this.nowMs + PATIENCE_MS) sleep(goOn, PATIENCE_MS);
    else goOn();
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let index = heap.push(task) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(task, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = task;
  }

  #pop(): Task | undefined {
    const heap = this.#heap;
    const [top] = heap;
    const last = heap.pop();
    if (last === undefined || last === top) return top;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, left)) child += 1;
      const below = heap[child];
      if (below === undefined || !isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
    return top;
  }
}

function isBefore(one: Task, other: Task): boolean {
  return one.atMs === other.atMs ? one.order < other.order : one.atMs < other.atMs;
}
