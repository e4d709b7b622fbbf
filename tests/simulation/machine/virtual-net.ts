import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { machine } from './machine.js';
import type { SimulatedProcess } from './scheduler.js';

const require = createRequire(import.meta.url);

/** The server's end of a connection. */
export interface ServerEnd {
  onData: (bytes: Uint8Array) => void;
  onClose: () => void;
  write(bytes: Uint8Array): void;
  close(): void;
}

/** Takes connections; undefined where nothing listens. */
export type Listener = (end: ServerEnd) => void;

export interface Listening {
  readonly process: SimulatedProcess;
  readonly accept: Listener;
}

/** How long bytes are on their way, in ms. */
export interface Latency {
  readonly least: number;
  readonly most: number;
}

/** Of a network with nothing wrong. */
export const CALM: Latency = { least: 0.1, most: 2 };

/** The only network there is: one server, and whoever connects to it. */
class Network {
  server: Listening | undefined;
  latency = CALM;
  readonly sockets = new Set<VirtualSocket>();

  reset(): void {
    this.server = undefined;
    this.latency = CALM;
    this.sockets.clear();
  }

  /** Ends the connections of a process, or of all, as a cable that is pulled out does. */
  cut(name?: string): void {
    for (const socket of [...this.sockets]) {
      if (name === undefined || socket.process.name === name) socket.lose();
    }
  }

  delayMs(): number {
    return machine.random.between(this.latency.least, this.latency.most);
  }
}

export const network = new Network();

/** The client's end: as much of `net.Socket` as the NATS client uses. */
class VirtualSocket extends EventEmitter {
  readonly process: SimulatedProcess;
  destroyed = false;
  #server: Listening | undefined;
  #end: ServerEnd | undefined;
  #toServerMs = 0;
  #toClientMs = 0;
  readonly #release = () => this.lose();

  constructor(process: SimulatedProcess) {
    super();
    this.process = process;
    machine.scheduler.post(process, network.delayMs(), () => this.#connect());
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  write(data: Uint8Array | string, done?: () => void): boolean {
    const bytes = Buffer.from(data);
    if (!this.destroyed && this.process.isAlive && bytes.length > 0) {
      this.#arrive('server', () => this.#end?.onData(bytes));
    }
    if (done !== undefined) machine.scheduler.post(this.process, 0, done);
    return true;
  }

  end(done?: () => void): this {
    if (done !== undefined) machine.scheduler.post(this.process, 0, done);
    return this.destroy();
  }

  destroy(): this {
    if (this.destroyed) return this;
    this.#leave();
    this.#arrive('server', () => this.#end?.onClose());
    machine.scheduler.post(this.process, 0, () => this.emit('close'));
    return this;
  }

  /** Both ends find the connection closed; what was on its way is gone. */
  lose(): void {
    if (this.destroyed) return;
    this.#leave();
    const end = this.#end;
    this.#end = undefined;
    if (this.#server !== undefined) {
      machine.scheduler.post(this.#server.process, network.delayMs(), () => end?.onClose());
    }
    machine.scheduler.post(this.process, network.delayMs(), () => this.emit('close'));
  }

  #leave(): void {
    this.destroyed = true;
    network.sockets.delete(this);
    this.process.held.delete(this.#release);
  }

  #connect(): void {
    if (this.destroyed) return;
    const { server } = network;
    if (server?.process.isAlive !== true) {
      this.destroyed = true;
      const refused = new Error('connect ECONNREFUSED');
      this.emit('error', Object.assign(refused, { code: 'ECONNREFUSED' }));
      this.emit('close');
      return;
    }
    this.#server = server;
    network.sockets.add(this);
    this.process.held.add(this.#release);
    const end: ServerEnd = {
      onData: () => undefined,
      onClose: () => undefined,
      write: (bytes) => {
        const copy = Buffer.from(bytes);
        if (!this.destroyed) this.#arrive('client', () => this.emit('data', copy));
      },
      close: () => this.lose(),
    };
    this.#end = end;
    this.emit('connect');
    this.#arrive('server', () => server.accept(end));
  }

  /** Bytes arrive in the order in which they were sent. */
  #arrive(at: 'server' | 'client', run: () => void): void {
    const { scheduler } = machine;
    const now = scheduler.nowMs + network.delayMs();
    if (at === 'client') {
      this.#toClientMs = Math.max(this.#toClientMs, now);
      scheduler.post(this.process, this.#toClientMs - scheduler.nowMs, () => {
        if (!this.destroyed) run();
      });
      return;
    }
    if (this.#server === undefined) return;
    this.#toServerMs = Math.max(this.#toServerMs, now);
    scheduler.post(this.#server.process, this.#toServerMs - scheduler.nowMs, run);
  }
}

export function installNet(): void {
  const net = require('node:net') as Record<string, unknown>;
  for (const name of ['createConnection', 'connect']) {
    const real = net[name] as (...args: unknown[]) => unknown;
    net[name] = (...args: unknown[]) => {
      const { current } = machine;
      if (current === undefined) return real(...args);
      const socket = new VirtualSocket(current);
      const connected = args.at(-1);
      if (typeof connected === 'function') socket.once('connect', connected as () => void);
      return socket;
    };
  }
}
