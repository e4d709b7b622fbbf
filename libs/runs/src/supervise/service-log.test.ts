import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serviceLogFile } from '@cullstream/report';
import { createLogger } from '@cullstream/runtime';
import { waitFor } from '@cullstream/testing';
import { openServiceLog } from './service-log.js';

const RUN = '20260101T000000Z-abcd';
const WARN = 40;

describe('the log of the services of a run', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-log-'));
    path = join(folder, serviceLogFile(RUN));
    mkdirSync(dirname(path), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const entry = (level: number, msg: string) => JSON.stringify({ level, name: 'writer', msg });
  const messages = () =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);

  it('keeps what services say and what this process warns of', async () => {
    const log = openServiceLog(folder, RUN, createLogger('cli', 'silent'));
    log.write('writer', entry(30, 'ready'));
    log.keep('the disk is full');
    await waitFor(() => messages().length === 2, { what: 'both lines', timeoutMs: 10_000 });
    expect(messages()).toEqual(['ready', 'the disk is full']);
  });

  it.runIf(existsSync('/dev/full'))(
    'writes the warnings of a time in which its disk was full afterwards, and says so once',
    async () => {
      symlinkSync('/dev/full', path);
      const told: string[] = [];
      const logger = createLogger('cli', 'silent', ({ text }) => told.push(text));
      logger.level = 'warn';
      const log = openServiceLog(folder, RUN, logger);
      log.keep('the disk is full');
      log.write('writer', entry(WARN, 'to be tried again'));
      const isTold = () => told.some((text) => text.includes('cannot be written'));
      await waitFor(isTold, { what: 'the failure of the log', timeoutMs: 10_000 });
      unlinkSync(path);
      const isWritten = () => {
        log.write('writer', entry(30, 'goes on'));
        return existsSync(path) && messages().includes('goes on');
      };
      await waitFor(isWritten, { what: 'a line that is written', timeoutMs: 10_000 });
      expect(messages().slice(0, 2)).toEqual(['the disk is full', 'to be tried again']);
      expect(told.filter((text) => text.includes('cannot be written'))).toHaveLength(1);
    },
  );
});
