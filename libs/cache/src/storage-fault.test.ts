import { TransientError } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { toStorageFault } from './storage-fault.js';

const systemError = (code: string) => Object.assign(new Error(`${code}: write`), { code });

describe('a storage fault', () => {
  it.each([
    ['ENOSPC', 'the disk is full: make room'],
    ['EDQUOT', 'the disk quota is used up'],
    ['EIO', 'input/output error'],
    ['EROFS', 'the file system is read-only: mount it writable or choose another data folder'],
    ['EACCES', 'give this user write access to the data folder'],
  ])('%s says what it is and what to do', (code, text) => {
    const fault = toStorageFault('cannot store', '/data/x.npy', systemError(code));
    expect(fault.message).toContain('cannot store /data/x.npy: ');
    expect(fault.message).toContain(text);
    expect(fault.message).toContain(`(${code})`);
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
  });
});
