import { ConfigurationError } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { describeNativeProblem, isWantOfMemory } from '@cullstream/runtime';
import { requireNativePackages } from './native-packages.js';

const host = { version: 'v24.1.0', platform: 'linux', arch: 'x64' } as const;

/** The error that Node throws for a binary that was compiled for Node 20. */
const otherNode = Object.assign(
  new Error(
    "The module '/x/better_sqlite3.node'\nwas compiled against a different Node.js version using\n" +
      'NODE_MODULE_VERSION 115. This version of Node.js requires\nNODE_MODULE_VERSION 137.',
  ),
  { code: 'ERR_DLOPEN_FAILED' },
);

describe('native packages', () => {
  it('load on this machine', () => {
    expect(() => requireNativePackages()).not.toThrow();
  });

  it('are all tried before anything is said', () => {
    const fail = () => {
      throw otherNode;
    };
    const required = () => requireNativePackages(host, { SQLite: fail, sharp: fail });
    expect(required).toThrow(ConfigurationError);
    expect(required).toThrow(/SQLite was installed for another Node.*sharp was installed/s);
  });

  it('of another Node ask for npm rebuild, also where the error is wrapped', () => {
    const wrapped = new Error('SQLite cannot be loaded', { cause: otherNode });
    for (const error of [otherNode, wrapped]) {
      expect(describeNativeProblem('SQLite', error, host)).toBe(
        'SQLite was installed for another Node than this one (v24.1.0): ' +
          'run `npm rebuild` with this Node, or use the Node it was installed with',
      );
    }
  });

  it('that are missing ask for npm ci', () => {
    const error = Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
    expect(describeNativeProblem('sharp', error, host)).toBe(
      'sharp is not installed: run `npm ci`',
    );
  });

  it('that no Intel Mac has are said to be so', () => {
    const mac = { ...host, platform: 'darwin' } as const;
    expect(describeNativeProblem('onnxruntime', new Error('no such file'), mac)).toContain(
      'no binary for Macs with an Intel processor',
    );
    expect(describeNativeProblem('sharp', new Error('no such file'), mac)).toContain('sharp');
  });

  it('that find no memory say so, and may be loaded later', () => {
    const error = new Error('libonnxruntime.so.1: failed to map segment from shared object');
    expect(describeNativeProblem('onnxruntime', error, host)).toBe(
      'there is not enough memory to load onnxruntime (libonnxruntime.so.1: failed to map segment ' +
        'from shared object): end other programs, or allow more',
    );
    expect(isWantOfMemory(error)).toBe(true);
    expect(isWantOfMemory(otherNode)).toBe(false);
  });

  it('that fail otherwise keep the first line of the reason', () => {
    const error = new Error('libvips.so: wrong ELF class\nRequire stack: …');
    expect(describeNativeProblem('sharp', error, host)).toBe(
      'sharp cannot be loaded by Node v24.1.0 on linux x64 (libvips.so: wrong ELF class): ' +
        'run `npm rebuild`, or `npm ci` where that does not help',
    );
  });
});
