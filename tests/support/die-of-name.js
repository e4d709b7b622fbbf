/**
 * Loaded before a program. Kills it when it processes an image or archive named `kills-<service>`,
 * like an input that crashes a library. `kills-trial` is such a model.
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const service = /\/apps\/(\w+)\/build\//.exec(process.argv[1] ?? '')?.[1];
const { open } = fs;
const { parse, stringify } = JSON;
const isDeadly = (name) => String(name).includes(`kills-${service}`);
const die = () => process.kill(process.pid, 'SIGKILL');

const [, program = '', task = ''] = process.argv;
if (program.endsWith('trial-process.js') && task.includes('kills-trial')) {
  process.kill(process.pid, 'SIGSEGV');
}

fs.open = (path, ...rest) => {
  if (isDeadly(basename(String(path)))) die();
  return open(path, ...rest);
};
syncBuiltinESMExports();

/** Of such images that the writer was given, as it writes them down: it dies when it makes the row. */
const deadlyCrops = new Set();
JSON.parse = (...given) => {
  const value = parse(...given);
  if (service === 'writer' && value?.type === 'image.predicted' && isDeadly(value.image)) {
    deadlyCrops.add(stringify(value.crop));
  }
  return value;
};
JSON.stringify = (value, ...rest) => {
  if (service === 'predictor' && value?.type === 'image.predicted' && isDeadly(value.image)) die();
  const text = stringify(value, ...rest);
  if (deadlyCrops.has(text)) die();
  return text;
};
