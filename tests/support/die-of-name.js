/**
 * Loaded before a program: kills it when it opens a file whose name says so, `kills-<service>`, as a
 * library does that an input breaks.
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const service = /\/apps\/(\w+)\/build\//.exec(process.argv[1] ?? '')?.[1];
const { open } = fs;

fs.open = (path, ...rest) => {
  if (basename(String(path)).includes(`kills-${service}`)) process.kill(process.pid, 'SIGKILL');
  return open(path, ...rest);
};
syncBuiltinESMExports();
