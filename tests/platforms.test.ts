import { execFile } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import semver from 'semver';
import { describe, expect, it } from 'vitest';

interface LockedPackage {
  readonly version?: string;
  readonly cpu?: string[];
  readonly os?: string[];
  readonly libc?: string[];
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly engines?: { readonly node?: string };
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

function readMachine(path: string): string | undefined {
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

describe('a Node that the README promises', () => {
  it.each(['20.19.0', '22.13.0', '24.0.0'])('%s runs every package that is installed', (node) => {
    const others = Object.entries(packages).filter(([, { engines, optional }]) => {
      return optional !== true && !semver.satisfies(node, engines?.node ?? '*');
    });
    expect(others.map(([path]) => path)).toEqual([]);
  });

  it('is what the manifests ask for, and the recommended one is what version managers take', () => {
    const readme = readFileSync(`${root}README.md`, 'utf8');
    const recommended = readFileSync(`${root}.node-version`, 'utf8').trim();
    expect(readme).toContain(`Node 20.19 or newer (${recommended} LTS is recommended)`);
    for (const manifest of ['package.json', 'apps/cli/package.json']) {
      const { engines } = JSON.parse(readFileSync(`${root}${manifest}`, 'utf8')) as LockedPackage;
      expect(engines?.node, manifest).toBe('>=20.19');
    }
  });
});

describe('npm', () => {
  it('finds the version in one place: the manifest of the command, which it packs', () => {
    const ours = Object.keys(packages).filter(
      (path) => /^(?:apps|libs|bench)\b/.test(path) && !path.includes('node_modules'),
    );
    const versioned = ['.', ...ours].filter((path) => {
      const manifest = readFileSync(`${root}${path}/package.json`, 'utf8');
      return (JSON.parse(manifest) as LockedPackage).version !== undefined;
    });
    expect(ours.length).toBeGreaterThan(20);
    expect(versioned).toEqual(['apps/cli']);
  });

  it('knows every setting of the project', async () => {
    const { stderr } = await promisify(execFile)('npm', ['pkg', 'get', 'name'], { cwd: root });
    expect(stderr).not.toContain('npm warn');
  });

  it('downloads no CUDA libraries while onnxruntime is installed', async () => {
    const script = `${root}node_modules/onnxruntime-node/script/install`;
    const { ONNXRUNTIME_NODE_INSTALL: _asked, ...env } = process.env;
    // It would fail where there is no network, and take minutes where there is one.
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
    expect(stdout).not.toContain('Downloading');
  });
});

describe('the packed command', () => {
  it('asks for the same native packages as the libraries that load them', () => {
    const read = (folder: string) =>
      (packages[folder] as { dependencies?: Record<string, string> }).dependencies ?? {};
    const command = read('apps/cli');
    const ofLibraries = [
      'libs/imaging',
      'libs/inference',
      'libs/sqlite',
      'node_modules/yauzl-promise',
    ]
      .map(read)
      .reduce((all, some) => ({ ...all, ...some }), {});
    for (const [name, range] of Object.entries(command)) {
      if (name !== 'onnxruntime-common') expect([name, range]).toEqual([name, ofLibraries[name]]);
    }
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
      expect(readMachine(`${folder}/${name}`)).toBe(cpu);
    }
  });
});
