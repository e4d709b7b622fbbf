const PAGE_BYTES = 65_536;
const ALIGNMENT_BYTES = 16;

/** The next address that the kernel's vector instructions read fastest from. */
export function alignAddress(address: number): number {
  return Math.ceil(address / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}

/** Lets the memory grow to at least so many bytes. Views of it have to be made anew. */
export function reserveMemory(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
}
