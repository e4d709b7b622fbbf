import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { engineEnvironment } from '@cullstream/embedding';
import { mostProportionalMb, watchProcessTree } from '../measure/process-tree.js';
import type { LoopOptions, LoopResult } from './loop.js';

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

export interface ChildResult extends LoopResult {
  /** The largest proportional set size. */
  readonly peakMb: number;
}

/**
 * Runs a loop in a separate process, so that no contender is affected by the one before it.
 * Cullstream's loop has the memory settings of an embedder. The process is monitored as a run is,
 * because monitoring takes time.
 */
export async function runChild(
  loop: 'bare-loop' | 'transformers-loop',
  options: LoopOptions,
): Promise<ChildResult> {
  const script = fileURLToPath(new URL(`./${loop}.js`, import.meta.url));
  const running = promisify(execFile)(process.execPath, [script, JSON.stringify(options)], {
    maxBuffer: MAX_OUTPUT_BYTES,
    env: { ...(loop === 'bare-loop' ? engineEnvironment : {}), ...process.env },
  });
  const watch = watchProcessTree(running.child.pid ?? 0);
  try {
    const result = JSON.parse((await running).stdout) as LoopResult;
    return { ...result, peakMb: mostProportionalMb(watch.stop()) };
  } finally {
    watch.stop();
  }
}
