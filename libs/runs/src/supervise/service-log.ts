import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunId } from '@cullstream/contracts';
import { serviceLogFile } from '@cullstream/report';
import { FATAL_MESSAGE, describeLogEntry, type Logger } from '@cullstream/runtime';

export interface ServiceLog {
  /** The file, for whoever wants to know more. */
  readonly path: string;
  write(service: string, line: string): void;
  /** Keeps what this process warned of beside what the services did. */
  keep(warning: string): void;
}

const WARN = 40;
const FATAL = 60;

/**
 * Where the services' log lines go: all of them into a file of the run, warnings and worse (by the
 * level that is set) also to this process's log.
 */
export function openServiceLog(dataDir: string, run: RunId, log: Logger): ServiceLog {
  const path = join(dataDir, serviceLogFile(run));
  const file = openRetrying(path, log);
  return {
    path,
    keep(msg) {
      const entry = { level: WARN, time: Date.now(), name: 'cli', msg };
      file.write(JSON.stringify(entry), { isWarning: true });
    },
    write(service, line) {
      const entry = parse(line);
      const isWarning = entry === undefined || entry.level >= WARN;
      file.write(line, { isWarning });
      // What the runtime or a library says when it breaks down; who ended, and why, is said apart.
      if (entry === undefined) log.debug({ service }, line);
      // Who starts it again, or gives it up, says why.
      else if (entry.level >= FATAL) log.debug(entry.rest, entry.msg);
      else if (isWarning) log[entry.level > WARN ? 'error' : 'warn'](entry.rest, entry.msg);
      else log.info(entry.rest, entry.msg);
    },
  };
}

/** Only the last one: if those above are missing, the disk of the data folder is unplugged. */
function makeLastFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch {
    // It is there, or what is written to the file shows that it is not.
  }
}

interface LineFile {
  write(line: string, about: { readonly isWarning: boolean }): void;
}

const MOST_UNWRITTEN = 200;

/** A file that may be full or gone for a while: warnings are written once it takes lines again. */
function openRetrying(path: string, log: Logger): LineFile {
  const unwritten: string[] = [];
  let stream: WriteStream | undefined;
  let hasFailed = false;
  const open = () => {
    makeLastFolder(dirname(path));
    const opened = createWriteStream(path, { flags: 'a' });
    opened.on('error', (error) => {
      if (stream === opened) stream = undefined;
      if (hasFailed) return;
      hasFailed = true;
      log.warn(
        { err: error, path },
        'the log of the services cannot be written; the work goes on, and warnings are kept for it',
      );
    });
    // What was cut off by a full disk is no part of the next line.
    if (hasFailed) opened.write('\n');
    return opened;
  };
  const append = (line: string, isWarning: boolean) => {
    stream ??= open();
    stream.write(`${line}\n`, (error) => {
      if (error == null) hasFailed = false;
      else if (isWarning && unwritten.length < MOST_UNWRITTEN) unwritten.push(line);
    });
  };
  return {
    write(line, { isWarning }) {
      for (const earlier of unwritten.splice(0)) append(earlier, true);
      append(line, isWarning);
    },
  };
}

/** What a service says last when it refuses to work or cannot go on; undefined for a line that is none of its log. */
export function fatalMessageIn(line: string): string[] | undefined {
  const entry = parse(line);
  if (entry === undefined) return undefined;
  if (entry.level < FATAL) return [];
  const said = describeLogEntry({ ...entry.rest, msg: entry.msg });
  return [said.replace(`${FATAL_MESSAGE}: `, '')];
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
