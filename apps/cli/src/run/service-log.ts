import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunId } from '@cullstream/contracts';
import { serviceLogFile } from '@cullstream/report';
import type { Logger } from '@cullstream/runtime';

export interface ServiceLog {
  write(service: string, line: string): void;
  /** What there is to warn of by this process. */
  warn(msg: string): void;
}

const WARN = 40;
const FATAL = 60;

/**
 * Where the services' log lines go: all of them into a file of the run, warnings and worse (by the
 * level that is set) also to this process's log.
 */
export async function openServiceLog(
  dataDir: string,
  run: RunId,
  log: Logger,
): Promise<ServiceLog> {
  const path = join(dataDir, serviceLogFile(run));
  await mkdir(dirname(path), { recursive: true });
  const file = createWriteStream(path, { flags: 'a' });
  file.on('error', (error) =>
    log.warn({ err: error }, 'the log of the services cannot be written'),
  );
  return {
    warn(msg) {
      file.write(`${JSON.stringify({ level: WARN, time: Date.now(), name: 'cli', msg })}\n`);
      log.warn(msg);
    },
    write(service, line) {
      file.write(`${line}\n`);
      const entry = parse(line);
      if (entry === undefined) log.error({ service }, line);
      else if (entry.level >= WARN)
        log[entry.level > WARN ? 'error' : 'warn'](entry.rest, entry.msg);
      else log.info(entry.rest, entry.msg);
    },
  };
}

/** What a service says last when it refuses to work, if a line of its log is that. */
export function fatalMessageIn(line: string): string[] {
  const entry = parse(line);
  return entry !== undefined && entry.level >= FATAL ? [entry.msg] : [];
}

function parse(line: string): { level: number; msg: string; rest: object } | undefined {
  try {
    const {
      level,
      msg,
      time: _time,
      pid: _pid,
      ...rest
    } = JSON.parse(line) as {
      level: number;
      msg: string;
      time: unknown;
      pid: unknown;
    };
    return typeof level === 'number' ? { level, msg, rest } : undefined;
  } catch {
    return undefined;
  }
}
