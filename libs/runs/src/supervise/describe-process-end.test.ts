import { describe, expect, it } from 'vitest';
import { describeProcessEnd, type ProcessEnd } from './describe-process-end.js';

const silent: ProcessEnd = { code: null, signal: null, reasons: [], rawLines: [] };

describe('why a process ended', () => {
  it('is what it said last', () => {
    const reasons = ['the first', 'the disk is gone'];
    expect(describeProcessEnd({ ...silent, signal: 'SIGKILL', reasons })).toBe('the disk is gone');
  });

  it('is want of memory where the runtime says so', () => {
    const rawLines = ['FATAL ERROR: Reached heap limit - JavaScript heap out of memory'];
    expect(describeProcessEnd({ ...silent, signal: 'SIGABRT', rawLines })).toBe(
      'it ran out of memory (signal SIGABRT)',
    );
  });

  it('is what the signal stands for, or the code', () => {
    expect(describeProcessEnd({ ...silent, signal: 'SIGSEGV' })).toBe('it broke down (SIGSEGV)');
    expect(describeProcessEnd({ ...silent, signal: 'SIGHUP' })).toBe('it ended with signal SIGHUP');
    expect(describeProcessEnd({ ...silent, code: 7 })).toBe('it ended with code 7');
    const rawLines = ['file:///a/main.js:3', 'TypeError: no luck today', '    at main.js:3'];
    expect(describeProcessEnd({ ...silent, code: 1, rawLines })).toBe(
      'it ended with code 1, and said: no luck today',
    );
  });
});
