import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { Device } from '@cullstream/contracts';

const require = createRequire(import.meta.url);

/** Where the nodes of a model would be computed. */
export interface Placements {
  readonly nodes: number;
  /** Nodes that the device cannot compute, by operator. */
  readonly elsewhere: ReadonlyMap<string, number>;
}

const LIMIT_MS = 60_000;
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Which nodes of a model a device computes, as onnxruntime places them: read from the log of a
 * session that is opened in a separate process. Undefined where the log does not contain it.
 */
export async function countPlacements(
  modelPath: string,
  device: Device,
): Promise<Placements | undefined> {
  const script = require.resolve('@cullstream/inference/list-placements');
  const log = await promisify(execFile)(process.execPath, [script, device, modelPath], {
    timeout: LIMIT_MS,
    maxBuffer: MOST_OUTPUT_BYTES,
  }).catch((error: unknown) => error as { readonly stdout?: string; readonly stderr?: string });
  return readPlacements(`${log.stdout ?? ''}${log.stderr ?? ''}`);
}

const PLACED = /(All nodes|Node\(s\)) placed on \[(\w+)\]\. Number of nodes: (\d+)/;
const NODE = /VerifyEachNodeIsAssignedToAnEp\] {3}(\w+) \(/;

/**
 * Reads from the log of onnxruntime where it places nodes: the count of each provider, then its
 * nodes.
 */
export function readPlacements(log: string): Placements | undefined {
  const elsewhere = new Map<string, number>();
  let nodes = 0;
  let isOnProcessor = false;
  for (const line of log.split('\n')) {
    const [, , provider, count] = PLACED.exec(line) ?? [];
    if (provider !== undefined) {
      nodes += Number(count);
      isOnProcessor = provider === 'CPUExecutionProvider';
      continue;
    }
    const operator = isOnProcessor ? NODE.exec(line)?.[1] : undefined;
    if (operator !== undefined) elsewhere.set(operator, (elsewhere.get(operator) ?? 0) + 1);
  }
  return nodes === 0 ? undefined : { nodes, elsewhere };
}

/** `20 of 109 nodes: 18 DynamicQuantizeMatMul, 2 Transpose`, or that all are taken. */
export function describePlacements({ nodes, elsewhere }: Placements): string {
  const counts = [...elsewhere].sort(([, a], [, b]) => b - a);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return `all ${nodes} nodes`;
  return `${total} of ${nodes} nodes: ${counts.map(([name, count]) => `${count} ${name}`).join(', ')}`;
}
