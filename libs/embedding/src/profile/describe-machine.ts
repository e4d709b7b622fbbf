import { availableParallelism, cpus, totalmem } from 'node:os';
import { onnxruntimeVersion } from '@cullstream/inference';
import { z } from 'zod';

/** Everything that a measured profile depends on besides the model. */
export const machine = z.object({
  cores: z.number(),
  memoryBytes: z.number(),
  processor: z.string(),
  onnxruntime: z.string(),
});
export type Machine = Readonly<z.infer<typeof machine>>;

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    // The machine's, not the container's: commands and embedders of a deployment have different
    // limits.
    memoryBytes: Math.round(totalmem() / MEMORY_STEP_BYTES) * MEMORY_STEP_BYTES,
    processor: cpus()[0]?.model ?? 'unknown',
    onnxruntime: onnxruntimeVersion,
  };
}

/** A new kernel leaves slightly more or less memory on the same machine. */
const MEMORY_STEP_BYTES = 256 * 1024 * 1024;

/**
 * Memory available to this process, in bytes: the machine's, or the container's if that is less.
 */
export function usableMemoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/** The differences between two machines, as text. */
export function describeMachineChanges(before: Machine, now: Machine): string[] {
  const parts = {
    cores: 'cores',
    memoryBytes: 'bytes of memory',
    processor: 'processor',
    onnxruntime: 'onnxruntime',
  } as const;
  return (Object.keys(parts) as (keyof Machine)[]).flatMap((part) =>
    before[part] === now[part] ? [] : [`${parts[part]}: ${before[part]}, now ${now[part]}`],
  );
}
