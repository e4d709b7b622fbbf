import { wasmKernel } from '../wasm-kernel.js';

/** How far back the matches of a deflate stream may refer. */
const WINDOW_BYTES = 32 * 1024;
/** Most bytes of the stream in the kernel's memory at a time. */
const INPUT_BYTES = 64 * 1024;
/** How far the kernel may read behind the input, and write behind the output. */
const ROOM_BEHIND_INPUT = 640;
const ROOM_BEHIND_OUTPUT = 320;
/** Compression method, window and check bits before the stream, Adler-32 behind it (RFC 1950). */
const ZLIB_HEAD_BYTES = 2;
const ZLIB_TAIL_BYTES = 4;
const DEFLATE = 8;
const PRESET_DICTIONARY = 0x20;

const ENDED = 1;
const BROKEN = 2;

/** Bytes of the kernel's memory that are needed to inflate pieces of this size. */
export function inflaterBytes(pieceBytes: number): number {
  return INPUT_BYTES + ROOM_BEHIND_INPUT + WINDOW_BYTES + pieceBytes + ROOM_BEHIND_OUTPUT;
}

/**
 * Inflates the zlib stream of a PNG's IDAT chunks piece by piece, in the kernel's memory. The kernel can only
 * inflate one stream at a time.
 */
export class PngInflater {
  /** Address of each piece. */
  readonly place: number;
  private readonly memory: Uint8Array;
  private readonly idat: readonly Buffer[];
  private readonly input: number;
  private inputEnd: number;
  private chunk = 0;
  private offsetInChunk = 0;
  private adler = 1;
  private isEnded = false;

  /** @param address address of `inflaterBytes` free bytes in the kernel's memory */
  constructor(idat: readonly Buffer[], address: number) {
    this.memory = new Uint8Array(wasmKernel().memory.buffer);
    this.idat = idat;
    this.input = address;
    this.inputEnd = address;
    this.place = address + INPUT_BYTES + ROOM_BEHIND_INPUT + WINDOW_BYTES;
    wasmKernel().beginInflating(address + ZLIB_HEAD_BYTES, this.place);
  }

  /** Returns false if this is not a zlib stream that can be inflated here. */
  begin(): boolean {
    this.fill(this.input);
    if (this.inputEnd - this.input < ZLIB_HEAD_BYTES + ZLIB_TAIL_BYTES) return false;
    const method = this.memory[this.input] ?? 0;
    const flags = this.memory[this.input + 1] ?? 0;
    const isSound = ((method << 8) | flags) % 31 === 0 && (flags & PRESET_DICTIONARY) === 0;
    return isSound && (method & 15) === DEFLATE && method >> 4 <= 7;
  }

  /** Writes the next bytes of the output to `place`. Returns false if there are not enough, or on an error. */
  next(bytes: number): boolean {
    const kernel = wasmKernel();
    const end = this.place + bytes;
    while (kernel.inflatedTo() < end) if (this.isEnded || !this.inflate(end)) return false;
    this.adler = kernel.adler32(this.adler, this.place, bytes);
    return true;
  }

  /** Drops the given number of bytes at `place`, to make room for the next ones. */
  drop(bytes: number): void {
    const kernel = wasmKernel();
    const from = this.place - WINDOW_BYTES;
    this.memory.copyWithin(from, from + bytes, kernel.inflatedTo());
    kernel.moveInflating(0, bytes);
  }

  /** Whether the stream ends here, with the right checksum. */
  end(): boolean {
    const kernel = wasmKernel();
    const isSurplus = () => kernel.inflatedTo() > this.place;
    while (!this.isEnded) if (isSurplus() || !this.inflate(this.place + 1)) return false;
    const tail = kernel.inflatedFrom();
    if (isSurplus() || this.inputEnd - tail < ZLIB_TAIL_BYTES) return false;
    const view = new DataView(this.memory.buffer, tail, ZLIB_TAIL_BYTES);
    return view.getUint32(0) === this.adler >>> 0;
  }

  /** Continues, with more input if needed. Returns false if the stream is invalid. */
  private inflate(outputEnd: number): boolean {
    const kernel = wasmKernel();
    const before = kernel.inflatedTo();
    const state = kernel.inflate(this.inputEnd, this.isAllIn(), outputEnd);
    if (state === BROKEN) return false;
    this.isEnded = state === ENDED;
    if (this.isEnded || kernel.inflatedTo() >= outputEnd) return true;
    const read = kernel.inflatedFrom();
    if (this.isAllIn()) return kernel.inflatedTo() > before;
    this.fill(read);
    kernel.moveInflating(read - this.input, 0);
    return true;
  }

  private isAllIn(): boolean {
    return this.chunk === this.idat.length;
  }

  /** Moves the unread input, from `read` on, to the front and appends more. */
  private fill(read: number): void {
    this.memory.copyWithin(this.input, read, this.inputEnd);
    this.inputEnd -= read - this.input;
    const limit = this.input + INPUT_BYTES;
    for (;;) {
      const chunk = this.idat[this.chunk];
      if (chunk === undefined) break;
      const piece = chunk.subarray(this.offsetInChunk, this.offsetInChunk + limit - this.inputEnd);
      this.memory.set(piece, this.inputEnd);
      this.inputEnd += piece.length;
      this.offsetInChunk += piece.length;
      if (this.offsetInChunk < chunk.length) break;
      this.chunk += 1;
      this.offsetInChunk = 0;
    }
    this.memory.fill(0, this.inputEnd, this.inputEnd + ROOM_BEHIND_INPUT);
  }
}
