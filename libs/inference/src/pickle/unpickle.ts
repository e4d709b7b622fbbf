import { MalformedCheckpoint } from '../checkpoint/checkpoint-error.js';
import { PickleCursor } from './pickle-cursor.js';
import { PickleStack } from './pickle-stack.js';
import {
  isAllowedGlobal,
  PickledObject,
  type AllowedGlobal,
  type PickleHost,
} from './pickle-values.js';

/** Limits time and memory: a CLIP checkpoint has about 10,000 opcodes. */
const MAX_OPCODES = 1_000_000;
const MAX_LONG_BYTES = 16;
const STOP = 0x2e;

/** A pickle's value and the position after it. Lists and tuples are arrays, dicts are Maps. */
export interface Unpickled {
  readonly value: unknown;
  readonly end: number;
}

/**
 * Reads one pickle without ever running anything: only opcodes that build plain data are known, only
 * names that `host` allows are accepted, and what they build is inert.
 * Opcodes as in Python's Lib/pickletools.py, protocols 2 to 5.
 * @throws {MalformedCheckpoint} naming the refused global or opcode, or what is wrong.
 */
export function unpickle(bytes: Uint8Array, host: PickleHost, start = 0): Unpickled {
  const machine: Machine = {
    cursor: new PickleCursor(bytes, start),
    stack: new PickleStack(),
    memo: new Map(),
    host,
  };
  for (let count = 0; count < MAX_OPCODES; count++) {
    const opcode = machine.cursor.uint8();
    if (opcode === STOP) return { value: machine.stack.pop(), end: machine.cursor.position };
    const step = opcodes.get(opcode);
    if (step === undefined) {
      throw new MalformedCheckpoint(
        `pickle opcode 0x${opcode.toString(16)} at ${machine.cursor.position - 1} is not allowed in a weights file`,
      );
    }
    step(machine);
  }
  throw new MalformedCheckpoint(`more than ${MAX_OPCODES} pickle opcodes: not a weights file`);
}

interface Machine {
  readonly cursor: PickleCursor;
  readonly stack: PickleStack;
  readonly memo: Map<number, unknown>;
  readonly host: PickleHost;
}
type Step = (machine: Machine) => void;

const pushing =
  (value: (machine: Machine) => unknown): Step =>
  (machine) =>
    machine.stack.push(value(machine));

const opcodes = new Map<number, Step>([
  [0x80, ({ cursor }) => checkProtocol(cursor.uint8())],
  [0x95, ({ cursor }) => void cursor.take(8)], // FRAME
  [0x28, ({ stack }) => stack.mark()], // MARK
  [0x30, ({ stack }) => void stack.pop()], // POP
  [0x31, ({ stack }) => void stack.popToMark()], // POP_MARK
  [0x32, pushing(({ stack }) => stack.top())], // DUP
  [0x4e, pushing(() => null)], // NONE
  [0x88, pushing(() => true)], // NEWTRUE
  [0x89, pushing(() => false)], // NEWFALSE
  [0x4a, pushing(({ cursor }) => cursor.int32())], // BININT
  [0x4b, pushing(({ cursor }) => cursor.uint8())], // BININT1
  [0x4d, pushing(({ cursor }) => cursor.uint16())], // BININT2
  [0x8a, pushing(({ cursor }) => readLong(cursor, cursor.uint8()))], // LONG1
  [0x8b, pushing(({ cursor }) => readLong(cursor, cursor.uint32()))], // LONG4
  [0x47, pushing(({ cursor }) => cursor.float64())], // BINFLOAT
  [0x58, pushing(({ cursor }) => cursor.text(cursor.uint32()))], // BINUNICODE
  [0x8c, pushing(({ cursor }) => cursor.text(cursor.uint8()))], // SHORT_BINUNICODE
  [0x8d, pushing(({ cursor }) => cursor.text(cursor.uint64()))], // BINUNICODE8
  [0x54, pushing(({ cursor }) => cursor.text(cursor.uint32()))], // BINSTRING
  [0x55, pushing(({ cursor }) => cursor.text(cursor.uint8()))], // SHORT_BINSTRING
  [0x42, pushing(({ cursor }) => cursor.take(cursor.uint32()))], // BINBYTES
  [0x43, pushing(({ cursor }) => cursor.take(cursor.uint8()))], // SHORT_BINBYTES
  [0x8e, pushing(({ cursor }) => cursor.take(cursor.uint64()))], // BINBYTES8
  [0x5d, pushing(() => [])], // EMPTY_LIST
  [0x6c, pushing(({ stack }) => stack.popToMark())], // LIST
  [0x61, ({ stack }) => append(stack, [stack.pop()])], // APPEND
  [0x65, ({ stack }) => append(stack, stack.popToMark())], // APPENDS
  [0x29, pushing(() => [])], // EMPTY_TUPLE
  [0x74, pushing(({ stack }) => stack.popToMark())], // TUPLE
  [0x85, pushing(({ stack }) => stack.popCount(1))], // TUPLE1
  [0x86, pushing(({ stack }) => stack.popCount(2))], // TUPLE2
  [0x87, pushing(({ stack }) => stack.popCount(3))], // TUPLE3
  [0x7d, pushing(() => new Map())], // EMPTY_DICT
  [0x64, pushing(({ stack }) => setItems(new Map(), stack.popToMark()))], // DICT
  [0x73, ({ stack }) => addToDict(stack, stack.popCount(2))], // SETITEM
  [0x75, ({ stack }) => addToDict(stack, stack.popToMark())], // SETITEMS
  [0x8f, pushing(() => [])], // EMPTY_SET
  [0x90, ({ stack }) => append(stack, stack.popToMark())], // ADDITEMS
  [0x71, ({ cursor, memo, stack }) => void memo.set(cursor.uint8(), stack.top())], // BINPUT
  [0x72, ({ cursor, memo, stack }) => void memo.set(cursor.uint32(), stack.top())], // LONG_BINPUT
  [0x94, ({ memo, stack }) => void memo.set(memo.size, stack.top())], // MEMOIZE
  [0x68, pushing(({ cursor, memo }) => recall(memo, cursor.uint8()))], // BINGET
  [0x6a, pushing(({ cursor, memo }) => recall(memo, cursor.uint32()))], // LONG_BINGET
  [0x63, pushing(({ cursor, host }) => findGlobal(host, cursor.line(), cursor.line()))], // GLOBAL
  [0x93, pushing(({ stack, host }) => stackGlobal(host, stack.popCount(2)))], // STACK_GLOBAL
  [0x51, pushing(({ stack, host }) => host.loadPersistent(stack.pop()))], // BINPERSID
  [0x52, pushing(({ stack }) => reduce(stack.popCount(2)))], // REDUCE
  [0x81, pushing(({ stack }) => newObject(stack.popCount(2)))], // NEWOBJ
  [0x62, ({ stack }) => build(stack)], // BUILD
]);

function checkProtocol(protocol: number): void {
  if (protocol > 5) throw new MalformedCheckpoint(`pickle protocol ${protocol} is not known`);
}

function readLong(cursor: PickleCursor, length: number): number | bigint {
  if (length > MAX_LONG_BYTES) {
    throw new MalformedCheckpoint(`an integer of ${length} bytes has no place in a weights file`);
  }
  return cursor.long(length);
}

function recall(memo: ReadonlyMap<number, unknown>, index: number): unknown {
  if (!memo.has(index)) throw new MalformedCheckpoint(`the pickle recalls unknown memo ${index}`);
  return memo.get(index);
}

function append(stack: PickleStack, items: readonly unknown[]): void {
  const list = stack.top();
  if (!Array.isArray(list)) throw new MalformedCheckpoint('the pickle appends to what is no list');
  for (const item of items) list.push(item);
}

function addToDict(stack: PickleStack, items: readonly unknown[]): void {
  const dict = stack.top();
  if (!(dict instanceof Map))
    throw new MalformedCheckpoint('the pickle sets items of what is no dict');
  setItems(dict, items);
}

function setItems(dict: Map<unknown, unknown>, items: readonly unknown[]): Map<unknown, unknown> {
  if (items.length % 2 !== 0)
    throw new MalformedCheckpoint('the pickle sets a key without a value');
  for (let index = 0; index < items.length; index += 2) dict.set(items[index], items[index + 1]);
  return dict;
}

function stackGlobal(host: PickleHost, [module, name]: readonly unknown[]): AllowedGlobal {
  if (typeof module !== 'string' || typeof name !== 'string') {
    throw new MalformedCheckpoint('the pickle names a global by something that is no string');
  }
  return findGlobal(host, module, name);
}

function findGlobal(host: PickleHost, module: string, name: string): AllowedGlobal {
  const found = host.findGlobal(module, name);
  if (found === undefined) {
    throw new MalformedCheckpoint(
      `refused: it refers to ${JSON.stringify(`${module}.${name}`)}, which weights do not need and which could run code`,
    );
  }
  return found;
}

function reduce([callable, args]: readonly unknown[]): unknown {
  if (!isAllowedGlobal(callable) || callable.call === undefined || !Array.isArray(args)) {
    throw new MalformedCheckpoint('the pickle calls something that cannot be called');
  }
  return callable.call(args);
}

function newObject([type, args]: readonly unknown[]): PickledObject {
  if (!isAllowedGlobal(type) || type.instantiable !== true || !Array.isArray(args)) {
    throw new MalformedCheckpoint('the pickle makes an object of something that is no class');
  }
  return new PickledObject(type.name);
}

function build(stack: PickleStack): void {
  const state = stack.pop();
  const target = stack.top();
  if (target instanceof PickledObject) target.state = state;
  // Attributes of an OrderedDict: torch keeps its `_metadata` there, which no weight needs.
  else if (!(target instanceof Map)) {
    throw new MalformedCheckpoint('the pickle gives state to something that takes none');
  }
}
