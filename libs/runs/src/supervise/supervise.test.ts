import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '@cullstream/contracts';
import { waitFor } from '@cullstream/testing';
import { startServiceProcess } from './service-process.js';
import { supervise, type SuperviseOptions } from './supervise.js';

describe('a supervised process', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cullstream-supervise-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Supervises a program, which writes a line of `starts` when it has begun. */
  function start(
    source: string,
    options: Pick<SuperviseOptions, 'isShort' | 'beginsWithinMs'> = {},
  ) {
    const program = join(folder, 'program.mjs');
    const starts = join(folder, 'starts');
    const begin = `import { appendFileSync } from 'node:fs';\nappendFileSync(process.env.STARTS, '.');\n`;
    writeFileSync(program, begin + source);
    const alive = new Set<number>();
    const restarts: string[] = [];
    const service = supervise('writer', {
      ...options,
      startService: (_service, given) => startServiceProcess(program, given),
      environment: { STARTS: starts },
      lastWill: { add: (pid) => alive.add(pid), remove: (pid) => alive.delete(pid) },
      onLogLine: () => undefined,
      onRestart: (_service, how, why) => restarts.push(`${how}: ${why}`),
    });
    const untilStarted = (times: number) =>
      waitFor(() => existsSync(starts) && readFileSync(starts, 'utf8').length === times, {
        what: `start ${times}`,
        timeoutMs: 10_000,
      });
    return { service, alive, restarts, untilStarted };
  }
  const WORKING = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => undefined, 1e6);`;

  it('ends when it is held, is there again when it is released, and is stopped', async () => {
    const { service, alive, restarts, untilStarted } = start(WORKING);
    await untilStarted(1);
    await service.hold();
    expect(alive.size).toBe(0);
    service.release();
    service.release();
    await untilStarted(2);
    expect(alive.size).toBe(1);
    await service.stop();
    await service.finished;
    expect(alive.size).toBe(0);
    expect(restarts).toEqual([]);
  });

  it.skipIf(!process.versions.node.startsWith('20.'))(
    'is told to optimise late only where it has few images',
    async () => {
      const tell = `writeFileSync(process.env.STARTS + '.flags', process.execArgv.join(' '));`;
      const flags = async (isShort: boolean) => {
        const { service } = start(`import { writeFileSync } from 'node:fs';\n${tell}`, { isShort });
        await service.finished;
        return readFileSync(join(folder, 'starts.flags'), 'utf8');
      };
      expect(await flags(true)).toContain('--interrupt-budget');
      expect(await flags(false)).not.toContain('--interrupt-budget');
    },
  );

  it('is one process also when it is released before it is gone', async () => {
    const { service, alive, untilStarted } = start(WORKING);
    await untilStarted(1);
    const held = service.hold();
    service.release();
    expect(alive.size).toBe(1);
    await held;
    await untilStarted(2);
    expect(alive.size).toBe(1);
    await service.stop();
    await service.finished;
  });

  it('is started again with what it said last, and refuses with what it says then', async () => {
    const { service, restarts } = start(`
      import { readFileSync } from 'node:fs';
      const isFirst = readFileSync(process.env.STARTS, 'utf8').length === 1;
      const msg = isFirst ? 'the disk is gone' : 'no models';
      process.stderr.write(JSON.stringify({ level: 60, msg }) + '\\n');
      process.exitCode = isFirst ? 1 : 2;
      process.disconnect();`);
    const problems = ['the writer refuses: no models'];
    await expect(service.finished).rejects.toEqual(new ConfigurationError(problems));
    expect(restarts).toEqual(['code 1: the disk is gone']);
  });

  it('is killed where its program does not begin in time, and started again', async () => {
    const blockFirst = `
      import { readFileSync } from 'node:fs';
      if (readFileSync(process.env.STARTS, 'utf8').length === 1)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      process.send('begun');`;
    const { service, restarts } = start(blockFirst + WORKING, { beginsWithinMs: 3_000 });
    await waitFor(() => restarts.length === 1, { what: 'another start', timeoutMs: 20_000 });
    expect(restarts).toEqual([
      'signal SIGKILL: its program did not begin within 3 s and was killed',
    ]);
    await service.stop();
    await service.finished;
  });
});
