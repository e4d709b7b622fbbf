import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isProcessAlive, ownIdentity } from './is-process-alive.js';

describe('isProcessAlive', () => {
  it('knows this process', () => {
    expect(isProcessAlive(ownIdentity())).toBe(true);
    expect(isProcessAlive({ pid: process.pid })).toBe(true);
  });

  it.runIf(process.platform === 'linux')('knows a number that was given anew', () => {
    expect(isProcessAlive({ pid: process.pid, start: '1' })).toBe(false);
  });

  it('knows one that has ended', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(child, 'exit');
    expect(isProcessAlive({ pid: child.pid ?? 0 })).toBe(false);
  });

  it.each([0, -1, 1.5, Number.NaN])('says no of %d, which is no process', (pid) => {
    expect(isProcessAlive({ pid })).toBe(false);
  });
});
