import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  readonly cpu?: string[];
  readonly os?: string[];
  readonly libc?: string[];
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly integrity?: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
  packages: Record<string, LockedPackage>;
};

/** Packages of native code that the images install: Linux with glibc, not for development alone. */
function nativePackages(cpu: string): string[] {
  return Object.entries(packages)
    .filter(([, { os, libc, dev }]) => os?.[0] === 'linux' && libc?.[0] === 'glibc' && !dev)
    .filter(([, found]) => found.cpu?.includes(cpu))
    .map(([path]) => path.replace(cpu, 'CPU'));
}

const ELF_HEADER_BYTES = 20;
const MACHINES: Readonly<Record<number, string>> = { 62: 'x64', 183: 'arm64' };

function machineOf(path: string): string | undefined {
  const header = Buffer.alloc(ELF_HEADER_BYTES);
  const file = openSync(path, 'r');
  readSync(file, header, 0, ELF_HEADER_BYTES, 0);
  closeSync(file);
  return MACHINES[header.readUInt16LE(18)];
}

describe('the lock file', () => {
  it('has a digest of every package that is installed by it', () => {
    const fetched = Object.entries(packages).filter(
      ([path, { link }]) => path.includes('node_modules/') && link !== true,
    );
    expect(fetched.filter(([, found]) => found.integrity === undefined)).toEqual([]);
  });
});

describe('linux/arm64', () => {
  it('has every native package that linux/amd64 has, in the lock file', () => {
    expect(nativePackages('x64')).not.toEqual([]);
    expect(nativePackages('arm64')).toEqual(expect.arrayContaining(nativePackages('x64')));
  });

  it.each(['x64', 'arm64'])('gets %s code of the package that has all platforms in it', (cpu) => {
    const folder = `${root}node_modules/onnxruntime-node/bin/napi-v6/linux/${cpu}`;
    for (const name of ['onnxruntime_binding.node', 'libonnxruntime.so.1']) {
      expect(machineOf(`${folder}/${name}`)).toBe(cpu);
    }
  });
});
