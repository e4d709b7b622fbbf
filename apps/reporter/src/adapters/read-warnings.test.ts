import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serviceLogFile } from '@cullstream/report';
import { createLogger } from '@cullstream/runtime';
import { readWarnings } from './read-warnings.js';

const RUN = '20260101T000000Z-abcd';
const log = createLogger('reporter', 'fatal');

describe('readWarnings', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-warnings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function writeLog(lines: readonly string[]): void {
    const path = join(folder, serviceLogFile(RUN));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, lines.join('\n'));
  }
  const line = (level: number, msg: string) => JSON.stringify({ level, time: 1, msg });

  it('gives warnings and worse with their reason, each once', async () => {
    const err = { message: '/media/disk: is not there; connect it' };
    writeLog([
      line(30, 'started'),
      line(40, 'ignored; --legacy-cache trust uses it'),
      line(40, 'ignored; --legacy-cache trust uses it'),
      JSON.stringify({ level: 50, msg: 'to be tried again', err }),
      '{"level":40,"msg":"to',
    ]);
    expect(await readWarnings(folder, RUN, { heard: [], log })).toEqual([
      'ignored; --legacy-cache trust uses it',
      'to be tried again: /media/disk: is not there; connect it',
    ]);
  });

  it('says where the rest is when there are very many', async () => {
    writeLog(Array.from({ length: 103 }, (_unused, index) => line(40, `image ${index}`)));
    const warnings = await readWarnings(folder, RUN, { heard: [], log });
    expect(warnings).toHaveLength(101);
    expect(warnings.at(-1)).toBe(`and 3 more warnings: ${serviceLogFile(RUN)} has them`);
  });

  it('adds what was heard of services elsewhere, unless the log has it', async () => {
    writeLog([line(40, 'the disk is full'), line(40, 'started again')]);
    const heard = ['started again', 'a cached vector is damaged'];
    expect(await readWarnings(folder, RUN, { heard, log })).toEqual([
      'the disk is full',
      'started again',
      'a cached vector is damaged',
    ]);
  });

  it('knows none where nobody keeps a log', async () => {
    expect(await readWarnings(folder, RUN, { heard: [], log })).toEqual([]);
  });
});
