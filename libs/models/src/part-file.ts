import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { z } from 'zod';

const memory = z.object({ url: z.string(), validator: z.string().nullable() });

/** The beginning of a file that is being downloaded. */
export interface Part {
  readonly path: string;
  readonly sizeBytes: number;
  /** The ETag or date that the same server sent with these bytes. */
  readonly validator: string | undefined;
  remember(validator: string | undefined): Promise<void>;
  /** Deletes what was received. */
  discard(): Promise<void>;
}

/**
 * Opens what an earlier attempt left, from any server. The digest of the whole file is checked at
 * the end.
 */
export async function openPart(path: string, url: string): Promise<Part> {
  const facts = await stat(path).catch(() => undefined);
  const known = await recall(path);
  return {
    path,
    sizeBytes: facts?.size ?? 0,
    validator: known?.url === url ? (known.validator ?? undefined) : undefined,
    remember: (validator) =>
      writeFile(`${path}.from`, JSON.stringify({ url, validator: validator ?? null })),
    discard: () => discardPart(path),
  };
}

export async function discardPart(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.from`, { force: true });
}

async function recall(path: string): Promise<z.infer<typeof memory> | undefined> {
  try {
    return memory.parse(JSON.parse(await readFile(`${path}.from`, 'utf8')));
  } catch {
    return undefined;
  }
}
