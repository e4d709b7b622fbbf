import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { reportIfSlow } from './report-if-slow.js';

describe('work', () => {
  it('that takes long says how far it has come, again and again, and nothing once it has ended', async () => {
    const said: string[] = [];
    let step = 0;
    let finish: (value: string) => void = () => undefined;
    const work = new Promise<string>((resolve) => (finish = resolve));
    const note = (line: string) => {
      said.push(line);
      if (said.length === 3) finish('done');
    };
    const describe = () => `${++step} of 3`;
    expect(await reportIfSlow(work, { note, describe, afterMs: 1, everyMs: 1 })).toBe('done');
    expect(said).toEqual(['1 of 3', '2 of 3', '3 of 3']);
    await delay(20);
    expect(said).toHaveLength(3);
  });

  it('that is quick says nothing, and fails as it failed', async () => {
    const said: string[] = [];
    const options = { note: (line: string) => void said.push(line), describe: () => 'working' };
    const failing = reportIfSlow(Promise.reject(new Error('no room')), { ...options, afterMs: 5 });
    await expect(failing).rejects.toThrow('no room');
    await delay(20);
    expect(said).toEqual([]);
  });
});
