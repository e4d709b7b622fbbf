import { readFile } from 'node:fs/promises';
import { ConfigurationError, projectName } from '@cullstream/contracts';
import { parse } from 'yaml';
import { z } from 'zod';

const sourcePath = z
  .string()
  .min(1)
  .refine(
    (path) =>
      !path.startsWith('/') && !path.split(/[/\\]/).includes('..') && !/^[A-Za-z]:/.test(path),
    'must be a path below the originals folder',
  );

const inventorySchema = z.array(
  z.object({
    // `project: 1010` is a number in YAML.
    project: z.preprocess((name) => (typeof name === 'number' ? String(name) : name), projectName),
    source: sourcePath,
    status: z.enum(['pending', 'done', 'skip']).default('pending'),
  }),
);
export type InventoryEntry = z.infer<typeof inventorySchema>[number];

/**
 * Reads an inventory: a YAML or JSON list of `project`, `source` and, if wanted, `status`.
 * @throws {ConfigurationError} with every problem: what, in which entry
 */
export async function loadInventory(path: string): Promise<InventoryEntry[]> {
  const content = await readYaml(path);
  const parsed = inventorySchema.safeParse(content);
  if (!parsed.success) {
    throw new ConfigurationError(
      parsed.error.issues.map((issue) => `${path}: ${whereOf(issue.path)}: ${issue.message}`),
      { cause: parsed.error },
    );
  }
  const problems = repeats(parsed.data).map((name) => `${path}: project "${name}" is listed twice`);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return parsed.data;
}

async function readYaml(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError([`${path}: the inventory cannot be read: ${reason}`], { cause });
  }
}

function whereOf(path: readonly PropertyKey[]): string {
  const [index, key] = path;
  if (typeof index !== 'number') return 'expected a list of projects';
  return `entry ${index + 1}${key === undefined ? '' : `, ${String(key)}`}`;
}

/** Names that differ only in case are one file on many disks, so they count as equal. */
function repeats(entries: readonly InventoryEntry[]): string[] {
  const seen = new Set<string>();
  return entries.flatMap(({ project }) => {
    const key = project.toLowerCase();
    if (seen.has(key)) return [project];
    seen.add(key);
    return [];
  });
}
