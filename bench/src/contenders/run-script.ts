import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Runs one of the scripts beside this file in a separate process. Its output is JSON. */
export async function runScript<T>(
  name: 'infer-loop' | 'matrix-product',
  options: object,
): Promise<T> {
  const script = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [script, JSON.stringify(options)],
    { maxBuffer: MAX_OUTPUT_BYTES },
  );
  return JSON.parse(stdout) as T;
}
