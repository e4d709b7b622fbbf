import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { engineMemory } from '@cullstream/embedding';
import type { LoopOptions, LoopResult } from './loop.js';

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Runs a loop in a process of its own, so that no contender inherits what another left behind. Ours has
 * its allocator set as an embedder has.
 */
export async function runChild(
  loop: 'bare-loop' | 'transformers-loop',
  options: LoopOptions,
): Promise<LoopResult> {
  const script = fileURLToPath(new URL(`./${loop}.js`, import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [script, JSON.stringify(options)],
    {
      maxBuffer: MAX_OUTPUT_BYTES,
      env: { ...(loop === 'bare-loop' ? engineMemory : {}), ...process.env },
    },
  );
  return JSON.parse(stdout) as LoopResult;
}
