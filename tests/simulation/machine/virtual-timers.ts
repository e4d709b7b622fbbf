import { createRequire } from 'node:module';
import type { setTimeout as delay } from 'node:timers/promises';
import { machine } from './machine.js';
import type { SimulatedProcess, Task } from './scheduler.js';

const require = createRequire(import.meta.url);

type Callback = (...args: unknown[]) => void;

/** What `setTimeout` and its like give. */
class VirtualTimer {
  readonly #process: SimulatedProcess;
  readonly #delayMs: number;
  readonly #isRepeated: boolean;
  readonly #run: () => void;
  #task: Task | undefined;

  constructor(process: SimulatedProcess, delayMs: number, run: () => void, isRepeated = false) {
    this.#process = process;
    this.#delayMs = delayMs;
    this.#run = run;
    this.#isRepeated = isRepeated;
    this.refresh();
  }

  refresh(): this {
    this.close();
    this.#task = machine.scheduler.post(this.#process, this.#delayMs, () => {
      if (this.#isRepeated) this.refresh();
      this.#run();
    });
    return this;
  }

  close(): this {
    if (this.#task !== undefined) this.#task.isCancelled = true;
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function toDelayMs(ms: unknown): number {
  const delayMs = Number(ms);
  return delayMs >= 1 && delayMs <= 0x7f_ff_ff_ff ? Math.trunc(delayMs) : 1;
}

/** Replaces timers, promises of timers, `Date` and `performance.now` for code of the simulation. */
export function installTimers(): void {
  const timers = require('node:timers') as Record<string, unknown>;
  const promises = require('node:timers/promises') as Record<string, unknown>;
  for (const target of [globalThis as unknown as Record<string, unknown>, timers]) {
    replaceStart(target, 'setTimeout', (process, run, ms) => {
      return new VirtualTimer(process, toDelayMs(ms), run);
    });
    replaceStart(target, 'setInterval', (process, run, ms) => {
      return new VirtualTimer(process, toDelayMs(ms), run, true);
    });
    replaceStart(target, 'setImmediate', (process, run) => new VirtualTimer(process, 0, run));
    for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate']) {
      const real = target[name] as Callback;
      target[name] = (timer: unknown) => {
        if (timer instanceof VirtualTimer) timer.close();
        else real(timer);
      };
    }
  }
  const realDelay = promises['setTimeout'] as typeof delay;
  promises['setTimeout'] = (ms?: number, value?: unknown, options?: { signal?: AbortSignal }) => {
    const { current } = machine;
    return current === undefined
      ? realDelay(ms, value, options)
      : wait(current, toDelayMs(ms), value, options?.signal);
  };
  const realTurn = promises['setImmediate'] as (...args: unknown[]) => Promise<unknown>;
  promises['setImmediate'] = (value?: unknown, options?: { signal?: AbortSignal }) => {
    const { current } = machine;
    return current === undefined
      ? realTurn(value, options)
      : wait(current, 0, value, options?.signal);
  };
  installClock();
}

function replaceStart(
  target: Record<string, unknown>,
  name: string,
  start: (process: SimulatedProcess, run: () => void, ms: unknown) => VirtualTimer,
): void {
  const real = target[name] as (...args: unknown[]) => unknown;
  const isImmediate = name === 'setImmediate';
  const replaced = (callback: Callback, ...args: unknown[]) => {
    const { current } = machine;
    if (current === undefined) return real(callback, ...args);
    const [ms, ...rest] = isImmediate ? [0, ...args] : args;
    return start(current, () => callback(...rest), ms);
  };
  target[name] = Object.assign(replaced, real);
}

function wait(
  process: SimulatedProcess,
  delayMs: number,
  value: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = () => {
      const error = new Error('The operation was aborted', { cause: signal?.reason });
      reject(Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' }));
    };
    if (signal?.aborted === true) {
      fail();
      return;
    }
    const abort = () => {
      timer.close();
      fail();
    };
    const timer = new VirtualTimer(process, delayMs, () => {
      signal?.removeEventListener('abort', abort);
      resolve(value);
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
}

function installClock(): void {
  const RealDate = Date;
  const now = () => (machine.current === undefined ? RealDate.now() : machine.wallClockMs);
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
    get: (target, key, receiver) =>
      key === 'now' ? now : (Reflect.get(target, key, receiver) as unknown),
  });
  const realNow = performance.now.bind(performance);
  performance.now = () => (machine.current === undefined ? realNow() : machine.scheduler.nowMs);
  const realTimeout = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (ms) => {
    const { current } = machine;
    if (current === undefined) return realTimeout(ms);
    const controller = new AbortController();
    const why = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    new VirtualTimer(current, ms, () => controller.abort(why));
    return controller.signal;
  };
}
