const PAGE_BYTES = 65_536;
const ALIGNMENT_BYTES = 16;

/** The next address with the alignment that is fastest for the kernel's vector instructions. */
export function alignAddress(address: number): number {
  return Math.ceil(address / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

/** Grows the memory to at least so many bytes. Existing views of it become invalid. */
export function reserveMemory(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
}
