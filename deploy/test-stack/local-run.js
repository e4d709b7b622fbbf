import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { exec, MUCH } from './engine.js';

const cullstream = fileURLToPath(new URL('../../apps/cli/bin/cullstream.js', import.meta.url));

/**
 * Runs the command line of this checkout.
 * @param mayEnd exit codes that are no surprise; damaged images are told by 1
 */
export async function cullstreamHere(args, mayEnd = [0]) {
  try {
    return (await exec(process.execPath, [cullstream, ...args], { maxBuffer: MUCH })).stdout;
  } catch (error) {
    if (mayEnd.includes(error.code)) return error.stdout;
    throw error;
  }
}
