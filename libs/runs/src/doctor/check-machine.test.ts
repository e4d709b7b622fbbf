import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkNode, checkReadable, checkResources, checkWritable } from './check-machine.js';
import { runCheck } from './finding.js';

describe('the check of Node', () => {
  it.each(['20.19.0', '20.20.2', '21.0.0', '22.3.1', '24.0.0'])('accepts %s', (version) => {
    expect(checkNode(version)).toEqual({ state: 'ok', message: `Node ${version}` });
  });

  it.each(['18.20.0', '20.18.9', '19.20.0', ''])('refuses %j', (version) => {
    const message = `Node ${version}; cullstream needs 20.19 or newer`;
    expect(checkNode(version)).toEqual({ state: 'error', message });
  });
});

describe('the check of the machine', () => {
  it('names cores and memory', () => {
    const { message } = checkResources();
    expect(message).toMatch(/^\d+ cores, \d+\.\d GiB of memory/);
    expect(message).toContain(`${availableParallelism()} cores`);
  });

  it('finds what may be read and written, also below a folder that is still to be made', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cullstream-doctor-'));
    const below = join(folder, 'new', 'newer');
    try {
      expect(await checkReadable(folder)).toEqual({
        state: 'ok',
        message: `${folder} can be read`,
      });
      const { message } = await checkWritable(below);
      expect(message).toMatch(/ can be written, \d+\.\d GiB free$/);
      expect(message.startsWith(below)).toBe(true);
      await expect(checkReadable(below)).rejects.toThrow(`there is no folder ${below}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a check', () => {
  it('has a name and what it found', async () => {
    expect(await runCheck('node', () => ({ state: 'ok', message: 'Node 20' }))).toEqual({
      ...{ check: 'node', state: 'ok', message: 'Node 20' },
    });
  });

  it('is an error with what it throws, in words', async () => {
    const found = await runCheck('originals', () => checkReadable('/none/at/all'));
    expect(found).toMatchObject({ check: 'originals', state: 'error' });
    expect(found.message).toContain('/none/at/all');
    expect(found.message).not.toContain('ENOENT');
  });
});
