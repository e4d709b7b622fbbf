/**
 * A file system that shows a folder and stops answering on request: `hanging-folder-server.js
 * <folder> <mount point>`. It implements the kernel's protocol (linux/fuse.h), so that nothing
 * needs to be installed. As with a network folder, a waiting process can be killed, and nothing
 * else ends the wait. A message states which calls are blocked: `reads:<end of a path>`,
 * `everything` or `nothing`.
 */
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import {
  openSync,
  readdirSync,
  readFileSync,
  read,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

const [folder = '', mountPoint = ''] = process.argv.slice(2);
const OPCODES = {
  ...{ LOOKUP: 1, FORGET: 2, GETATTR: 3, OPEN: 14, READ: 15, STATFS: 17, RELEASE: 18, FLUSH: 25 },
  ...{ INIT: 26, OPENDIR: 27, READDIR: 28, RELEASEDIR: 29, ACCESS: 34, INTERRUPT: 36, DESTROY: 38 },
  BATCH_FORGET: 42,
};
const WITHOUT_ANSWER = [OPCODES.FORGET, OPCODES.BATCH_FORGET];
const ENOENT = -2;
const EINTR = -4;
const ENOSYS = -38;
const HEADER_BYTES = 40;
/** Nothing is cached, so every read is a request. */
const DIRECT_IO = 1;
const paths = new Map([[1, folder]]);
const nodes = new Map([[folder, 1]]);
let hanging = 'nothing';

function toNode(path) {
  let node = nodes.get(path);
  if (node === undefined) {
    node = nodes.size + 1;
    nodes.set(path, node);
    paths.set(node, path);
  }
  return node;
}

function toAttributes(path) {
  const facts = statSync(path);
  const bytes = Buffer.alloc(88);
  bytes.writeBigUInt64LE(BigInt(toNode(path)), 0);
  bytes.writeBigUInt64LE(BigInt(facts.size), 8);
  bytes.writeBigUInt64LE(BigInt(facts.blocks), 16);
  for (const at of [24, 32, 40])
    bytes.writeBigUInt64LE(BigInt(Math.floor(facts.mtimeMs / 1000)), at);
  bytes.writeUInt32LE(facts.mode, 60);
  bytes.writeUInt32LE(1, 64);
  bytes.writeUInt32LE(4096, 80);
  return bytes;
}

function lookUp(path) {
  const entry = Buffer.alloc(40);
  entry.writeBigUInt64LE(BigInt(toNode(path)), 0);
  return Buffer.concat([entry, toAttributes(path)]);
}

function list(path, offset) {
  const names = readdirSync(path).slice(offset);
  return Buffer.concat(
    names.map((name, index) => {
      const bytes = Buffer.from(name);
      const entry = Buffer.alloc(24 + Math.ceil(bytes.length / 8) * 8);
      entry.writeBigUInt64LE(BigInt(toNode(join(path, name))), 0);
      entry.writeBigUInt64LE(BigInt(offset + index + 1), 8);
      entry.writeUInt32LE(bytes.length, 16);
      entry.writeUInt32LE(statSync(join(path, name)).isDirectory() ? 4 : 8, 20);
      bytes.copy(entry, 24);
      return entry;
    }),
  );
}

function initialise() {
  const bytes = Buffer.alloc(64);
  for (const [at, value] of [
    [0, 7],
    [4, 31],
    [8, 131_072],
    [20, 4_096],
    [24, 1],
  ]) {
    bytes.writeUInt32LE(value, at);
  }
  bytes.writeUInt16LE(12, 16);
  bytes.writeUInt16LE(9, 18);
  return bytes;
}

function opened(flags) {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(flags, 8);
  return bytes;
}

function space() {
  const { blocks, bfree, bavail, bsize } = statfsSync(folder);
  const bytes = Buffer.alloc(80);
  for (const [index, value] of [blocks, bfree, bavail].entries()) {
    bytes.writeBigUInt64LE(BigInt(value), 8 * index);
  }
  for (const [at, value] of [
    [40, bsize],
    [44, 255],
    [48, bsize],
  ])
    bytes.writeUInt32LE(value, at);
  return bytes;
}

/** @returns the answer, or the code of an error */
function answer(opcode, path, body) {
  switch (opcode) {
    case OPCODES.INIT:
      return initialise();
    case OPCODES.LOOKUP:
      return lookUp(join(path, body.toString('utf8', 0, body.indexOf(0))));
    case OPCODES.GETATTR:
      return Buffer.concat([Buffer.alloc(16), toAttributes(path)]);
    case OPCODES.OPEN:
      return opened(DIRECT_IO);
    case OPCODES.OPENDIR:
      return opened(0);
    case OPCODES.READ: {
      const start = Number(body.readBigUInt64LE(8));
      return readFileSync(path).subarray(start, start + body.readUInt32LE(16));
    }
    case OPCODES.READDIR:
      return list(path, Number(body.readBigUInt64LE(8))).subarray(0, body.readUInt32LE(16));
    case OPCODES.STATFS:
      return space();
    case OPCODES.RELEASE:
    case OPCODES.RELEASEDIR:
    case OPCODES.FLUSH:
    case OPCODES.ACCESS:
    case OPCODES.DESTROY:
      return Buffer.alloc(0);
    default:
      return ENOSYS;
  }
}

function hangs(opcode, path) {
  if (hanging === 'everything') return true;
  return opcode === OPCODES.READ && hanging.startsWith('reads:') && path.endsWith(hanging.slice(6));
}

const device = openSync('/dev/fuse', 'r+');

function reply(request) {
  const opcode = request.readUInt32LE(4);
  const path = paths.get(Number(request.readBigUInt64LE(16))) ?? folder;
  if (WITHOUT_ANSWER.includes(opcode)) return;
  if (opcode === OPCODES.INTERRUPT) {
    send(request.subarray(HEADER_BYTES, HEADER_BYTES + 8), EINTR);
    return;
  }
  if (hangs(opcode, path)) {
    process.send?.({ hung: basename(path) });
    return;
  }
  let result;
  try {
    result = answer(opcode, path, request.subarray(HEADER_BYTES));
  } catch {
    result = ENOENT;
  }
  send(request.subarray(8, 16), result);
}

/** @param id of the request */
function send(id, result) {
  const body = typeof result === 'number' ? Buffer.alloc(0) : result;
  const header = Buffer.alloc(16);
  header.writeUInt32LE(16 + body.length, 0);
  header.writeInt32LE(typeof result === 'number' ? result : 0, 4);
  id.copy(header, 8);
  try {
    writeSync(device, Buffer.concat([header, body]));
  } catch (error) {
    // The process that made the request has ended meanwhile.
    if (error.code !== 'ENOENT') throw error;
  }
}

const buffer = Buffer.alloc(1 << 18);
function serve() {
  read(device, buffer, 0, buffer.length, null, (error, length) => {
    // The file system was unmounted.
    if (error?.code === 'ENODEV') process.exit(0);
    if (error === null) reply(Buffer.from(buffer.subarray(0, length)));
    serve();
  });
}

process.on('message', (what) => {
  hanging = what;
  process.send?.({ hangs: what });
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
serve();
const options = 'fd=3,rootmode=40000,user_id=0,group_id=0,allow_other';
const mount = spawn(
  'mount',
  ['-i', '-t', 'fuse', '-o', options, basename(dirname(mountPoint)), mountPoint],
  {
    stdio: ['ignore', 'ignore', 'inherit', device],
  },
);
mount.on('exit', (code) => process.send?.({ mounted: code === 0 }));
