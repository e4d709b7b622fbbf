import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

type Script = 'batch-shapes' | 'infer-loop' | 'jpeg-pool' | 'jpeg-rows' | 'matrix-product';

/**
 * Runs one of the scripts beside this file in a separate process. Its output is JSON.
 * @param environment besides that of this process
 */
export async function runScript<T>(
  name: Script,
  options: object,
  environment: Readonly<Record<string, string>> = {},
): Promise<T> {
  const script = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [script, JSON.stringify(options)],
    { maxBuffer: MAX_OUTPUT_BYTES, env: { ...process.env, ...environment } },
  );
  return JSON.parse(stdout) as T;
}
