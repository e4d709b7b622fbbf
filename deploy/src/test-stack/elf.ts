import { Buffer } from 'node:buffer';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Processors by their numbers in the header of an ELF file (System V ABI, `e_machine`). */
const MACHINES: Readonly<Record<number, string>> = { 62: 'amd64', 183: 'arm64' };
const MACHINE_AT = 18;
const HEADER_BYTES = 20;

export interface NativeFile {
  readonly path: string;
  readonly machine: string;
}

/** Every ELF file below a folder, with the processor it is for, as docker names it. */
export async function nativeFiles(folder: string): Promise<NativeFile[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const found: NativeFile[] = [];
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    const machine = await readMachine(path);
    if (machine !== undefined) found.push({ path, machine });
  }
  return found;
}

async function readMachine(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    await file.read(header, 0, HEADER_BYTES, 0);
    if (header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
    const number = header.readUInt16LE(MACHINE_AT);
    return MACHINES[number] ?? `machine ${number}`;
  } finally {
    await file.close();
  }
}
