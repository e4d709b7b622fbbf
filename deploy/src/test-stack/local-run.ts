import { fileURLToPath } from 'node:url';
import { exec, MUCH } from './engine.js';

const cullstream = fileURLToPath(new URL('../../../apps/cli/bin/cullstream.js', import.meta.url));

/**
 * Runs the command line of this checkout.
 * @param mayEnd exit codes that are expected; damaged images give 1
 */
export async function cullstreamHere(
  args: readonly string[],
  mayEnd: readonly number[] = [0],
): Promise<string> {
  try {
    return (await exec(process.execPath, [cullstream, ...args], { maxBuffer: MUCH })).stdout;
  } catch (error) {
    const { code, stdout } = error as { code?: number; stdout?: string };
    if (code !== undefined && mayEnd.includes(code)) return stdout ?? '';
    throw error;
  }
}
