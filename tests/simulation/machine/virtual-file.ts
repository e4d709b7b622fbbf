import fs, { type StatOptions } from 'node:fs';
import { machine } from './machine.js';
import type { SimulatedProcess } from './scheduler.js';

/** As they were when this module was loaded: calls count once. */
const { appendFileSync, closeSync, fstatSync, readFileSync, readSync, writeFileSync } = fs;

/** Makes a call of the system take virtual time, and fail now and then. */
type Later = (call: string, work: (...args: unknown[]) => unknown) => Promise<unknown>;

/** What `open` of `node:fs/promises` gives; only what is used. */
export class VirtualFile {
  readonly fd: number;
  readonly #process: SimulatedProcess;
  readonly #path: string;
  readonly #later: Later;
  readonly #release = () => closeSync(this.fd);

  constructor(process: SimulatedProcess, fd: number, path: string, later: Later) {
    this.fd = fd;
    this.#process = process;
    this.#path = path;
    this.#later = later;
    process.held.add(this.#release);
  }

  stat(options?: StatOptions) {
    return this.#later('fstat', () => fstatSync(this.fd, options));
  }

  read(
    buffer: NodeJS.ArrayBufferView,
    offset = 0,
    length?: number,
    position: number | null = null,
  ) {
    const wanted = length ?? buffer.byteLength - offset;
    return this.#later('read', () => ({
      bytesRead: readSync(this.fd, buffer, offset, wanted, position),
      buffer,
    }));
  }

  readFile(options?: BufferEncoding) {
    return this.#later('readFile', () => readFileSync(this.fd, options));
  }

  writeFile(data: string | Uint8Array) {
    return this.#later('writeFile', () => writeFileSync(this.fd, data));
  }

  appendFile(data: string | Uint8Array) {
    return this.#later('appendFile', () => appendFileSync(this.fd, data));
  }

  sync() {
    return this.#later('fsync', () => machine.unsynced?.synced(this.fd));
  }

  datasync() {
    return this.#later('fdatasync', () => machine.unsynced?.synced(this.fd));
  }

  async close() {
    if (!this.#process.held.delete(this.#release)) throw new Error(`${this.#path} is closed`);
    closeSync(this.fd);
    await this.#later('close', () => undefined);
  }

  async [Symbol.asyncDispose]() {
    await this.close();
  }
}
