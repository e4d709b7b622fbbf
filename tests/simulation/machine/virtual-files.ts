import fs from 'node:fs';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { KilledError, machine } from './machine.js';
import type { SimulatedProcess } from './scheduler.js';
import { VirtualFile } from './virtual-file.js';

const require = createRequire(import.meta.url);

type Call = (...args: unknown[]) => unknown;
type Calls = Record<string, Call>;
interface FurtherCalls {
  open: Call;
  readFile: Call;
  createReadStream: Call;
}

/** Calls with a promise; each has a synchronous form of the same name. */
const asynchronous = [
  ...['access', 'appendFile', 'chmod', 'copyFile', 'link', 'lstat', 'mkdir', 'mkdtemp', 'opendir'],
  ...['readFile', 'readdir', 'readlink', 'realpath', 'rename', 'rm', 'rmdir', 'stat', 'statfs'],
  ...['symlink', 'truncate', 'unlink', 'utimes', 'writeFile'],
];
/** Synchronous calls that may fail. */
const synchronous = [
  ...['appendFileSync', 'fdatasyncSync', 'fsyncSync', 'linkSync', 'mkdirSync', 'openSync'],
  ...['readFileSync', 'readSync', 'renameSync', 'writeFileSync', 'writeSync'],
];
/** Calls that write bytes: their last but one, or second, argument. */
const writing = new Set([
  'appendFile',
  'appendFileSync',
  'writeFile',
  'writeFileSync',
  'writeSync',
]);

const syncing = new Set(['fsyncSync', 'fdatasyncSync']);

const LEAST_MS = 0.05;
const MOST_MS = 3;

/** The folder below which calls may fail: the rest of the system is none of the simulation. */
let scope = '';

export function limitFaultsTo(folder: string): void {
  scope = folder;
}

/** Replaces calls on files for code of the simulation: they take virtual time, and may fail. */
export function installFiles(): void {
  const promises = require('node:fs/promises') as Calls & FurtherCalls;
  const sync = fs as unknown as Calls & FurtherCalls;
  const real = { ...sync };
  for (const name of asynchronous) {
    const direct = real[`${name}Sync`];
    const original = promises[name];
    if (direct === undefined || original === undefined) throw new Error(`no call ${name}`);
    promises[name] = (...args) => {
      const { current } = machine;
      if (current === undefined) return original(...args);
      return later(current, name, args, direct);
    };
  }
  const realOpen = promises.open;
  promises.open = (...args) => {
    const { current } = machine;
    if (current === undefined) return realOpen(...args);
    const open = (path: unknown, ...rest: unknown[]) => {
      const descriptor = real['openSync']?.(path, ...rest) as number;
      return new VirtualFile(current, descriptor, String(path), (call, work) =>
        later(current, call, [path], work),
      );
    };
    return later(current, 'open', args, open);
  };
  const realStream = sync.createReadStream;
  sync.createReadStream = (...args) => {
    if (machine.current === undefined) return realStream(...args);
    return Readable.from(
      (async function* () {
        yield await promises.readFile(args[0]);
      })(),
    );
  };
  for (const name of synchronous) {
    const direct = real[name];
    if (direct === undefined) throw new Error(`no call ${name}`);
    sync[name] = (...args) => {
      const { current } = machine;
      if (current === undefined) return direct(...args);
      if (!current.isAlive) throw new KilledError();
      return call(current, name, args, direct);
    };
  }
}

function later(process: SimulatedProcess, name: string, args: unknown[], direct: Call) {
  const ms = machine.random.between(LEAST_MS, MOST_MS) + machine.slowDiskMs;
  return machine.later(process, ms, () => call(process, name, args, direct));
}

/** Some calls of Node's consist of others: the outermost counts. */
let isInside = false;

function call(process: SimulatedProcess, name: string, args: unknown[], direct: Call): unknown {
  if (isInside) return direct(...args);
  isInside = true;
  try {
    return callOnce(process, name, args, direct);
  } finally {
    isInside = false;
  }
}

function callOnce(process: SimulatedProcess, name: string, args: unknown[], direct: Call): unknown {
  const path = typeof args[0] === 'string' ? args[0] : '';
  const isConcerned = typeof args[0] === 'number' || path.startsWith(scope);
  const fault = isConcerned ? machine.faults.onFileCall(process, name, path) : undefined;
  if (fault === undefined) {
    const result = direct(...args);
    if (syncing.has(name)) machine.unsynced?.synced(args[0] as number);
    return result;
  }
  if (fault.isTorn && writing.has(name)) direct(...halved(args));
  throw fault.error;
}

function halved(args: readonly unknown[]): unknown[] {
  const [target, content, ...rest] = args;
  const bytes = typeof content === 'string' ? Buffer.from(content) : (content as Uint8Array);
  // Of `writeSync`: from where in the bytes, how many, and where to in the file.
  const [offset = 0, length = bytes.length - Number(offset), position] = rest.filter(isNumber);
  const others = rest.filter((each) => !isNumber(each));
  if (position === undefined) return [target, bytes.subarray(0, bytes.length >> 1), ...others];
  return [target, bytes, offset, Number(length) >> 1, position];
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}
