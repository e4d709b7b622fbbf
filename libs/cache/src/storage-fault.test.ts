import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TransientError } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { isFileFault, isSectorFault, toStorageFault } from './storage-fault.js';

const systemError = (code: string) => Object.assign(new Error(`${code}: write`), { code });
const inFolder = join(tmpdir(), 'x.npy');

describe('a storage fault', () => {
  it.each([
    ['ENOSPC', 'the disk is full: make room'],
    ['EDQUOT', 'the disk quota is used up: make room'],
    ['EIO', 'the disk reports an input/output error: check the drive'],
    ['EROFS', 'the file system is read-only: mount it writable or choose another data folder'],
    ['EACCES', 'permission denied: give this user write access to the data folder'],
    ['EPERM', 'permission denied: give this user write access to the data folder'],
    ['ENOENT', 'the folder is gone: is the drive still connected?'],
    ['EMFILE', 'too many open files: raise the limit (ulimit -n)'],
    ['ENFILE', 'too many open files on this machine'],
  ])('%s says what it is and what to do', (code, text) => {
    const fault = toStorageFault('cannot store', '/data/x.npy', systemError(code));
    expect(fault.message).toContain(`cannot store /data/x.npy: ${text}`);
    expect(fault.message.endsWith(` (${code})`)).toBe(true);
  });

  it('is passing, with its cause', () => {
    const cause = systemError('ENOSPC');
    const fault = toStorageFault('cannot store', '/data/x.npy', cause);
    expect(fault).toBeInstanceOf(TransientError);
    expect(fault.cause).toBe(cause);
    expect(fault.retryAfterMs).toBe(10_000);
  });

  it('repeats what it does not know', () => {
    expect(toStorageFault('cannot', 'x', systemError('EWEIRD')).message).toBe(
      'cannot x: EWEIRD: write',
    );
    expect(toStorageFault('cannot', 'x', 'a text').message).toBe('cannot x: a text');
  });
});

describe('a fault of one file', () => {
  it.each(['EACCES', 'EBADMSG', 'EIO', 'ELOOP', 'ENXIO', 'EPERM', 'ESPIPE'])(
    'is %s in a folder that can be used, and nowhere else',
    (code) => {
      expect(isFileFault(systemError(code), inFolder)).toBe(true);
      expect(isFileFault(systemError(code), join(tmpdir(), 'none at all', 'x.npy'))).toBe(false);
    },
  );

  it('is no other fault', () => {
    expect(isFileFault(systemError('ENOSPC'), inFolder)).toBe(false);
    expect(isFileFault(new Error('a bug'), inFolder)).toBe(false);
  });

  it('is of a sector where only a part cannot be read', () => {
    expect(isSectorFault(systemError('EIO'), inFolder)).toBe(true);
    expect(isSectorFault(systemError('EBADMSG'), inFolder)).toBe(true);
    expect(isSectorFault(systemError('EACCES'), inFolder)).toBe(false);
    expect(isSectorFault(new Error('a bug'), inFolder)).toBe(false);
    expect(isSectorFault(systemError('EIO'), '/none at all/x.npy')).toBe(false);
  });
});
