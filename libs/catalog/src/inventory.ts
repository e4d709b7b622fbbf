import { ConfigurationError, describeIssue, projectName } from '@cullstream/contracts';
import { didYouMean, readUserFile, type UserFile } from '@cullstream/runtime';
import { z } from 'zod';

const statuses = ['pending', 'done', 'skip'] as const;

const pathBelow = (folder: string) =>
  z
    .string()
    .min(1)
    .refine(
      (path) =>
        !path.startsWith('/') && !path.split(/[/\\]/).includes('..') && !/^[A-Za-z]:/.test(path),
      `must be a path below the folder of the ${folder}`,
    );

const inventoryEntry = z.strictObject({
  project: projectName,
  source: pathBelow('originals'),
  status: z.enum(statuses).default('pending'),
  /** Folder or archive of the finished images. */
  finals: pathBelow('finished images').optional(),
  /** Expected number of images; a different number is a warning. */
  images: z.string().regex(/^\d+$/, 'must be a whole number').transform(Number).optional(),
});
export type InventoryEntry = z.infer<typeof inventoryEntry>;

const keys = Object.keys(inventoryEntry.shape);
const inventorySchema = z.array(inventoryEntry);

/**
 * Reads an inventory: a YAML or JSON list of `project`, `source` and, optionally, `status` and `images`.
 * @throws {ConfigurationError} with every problem: what, in which line and entry
 */
export async function loadInventory(path: string): Promise<InventoryEntry[]> {
  // `project: 1010` is a name, and so are `010` and `1e3`.
  const file = await readUserFile(path, { what: 'the inventory', allText: true });
  if (file === undefined) {
    throw new ConfigurationError([`‹inventory›: there is no file ${path}; check its name`]);
  }
  const parsed = inventorySchema.safeParse(file.content, { error: describeIssue });
  const problems = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => toProblems(issue, file)),
    ...repeats(file),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new ConfigurationError(problems, { cause: parsed.error });
  }
  if (parsed.data.length === 0) {
    throw new ConfigurationError([`${path}: the inventory lists no project`]);
  }
  return parsed.data;
}

function toProblems(issue: z.core.$ZodIssue, file: UserFile): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const known = didYouMean(key, keys) || `; an entry has ${keys.join(', ')}`;
      return `${describePlace([...issue.path, key], file)}: there is no such key${known}`;
    });
  }
  return [`${describePlace(issue.path, file)}: ${describeProblem(issue, file.content)}`];
}

function describeProblem(issue: z.core.$ZodIssue, content: unknown): string {
  const [index, key] = issue.path;
  if (index === undefined) return 'expected a list of projects';
  if (key === undefined) return `expected ${keys.join(', ')}`;
  const value = Reflect.get(Reflect.get(content as object, index) as object, key) as unknown;
  if (value === undefined) return 'is missing';
  if (issue.code === 'invalid_value') {
    const word = typeof value === 'string' ? value : '';
    return `is none of ${statuses.join(', ')}${didYouMean(word, statuses)}`;
  }
  return issue.message;
}

function describePlace(path: readonly PropertyKey[], file: UserFile): string {
  const [index, key] = path;
  if (typeof index !== 'number') return file.whereIs([]);
  return `${file.whereIs(path)}: entry ${index + 1}${key === undefined ? '' : `, ${String(key)}`}`;
}

/** Names that differ only in case are one file on many disks, so they count as equal. */
function repeats(file: UserFile): string[] {
  const { content } = file;
  if (!Array.isArray(content)) return [];
  const seen = new Set<string>();
  return (content as unknown[]).flatMap((entry, index) => {
    const { project } = (entry ?? {}) as { readonly project?: unknown };
    if (typeof project !== 'string') return [];
    const name = project.normalize('NFC').toLowerCase();
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [`${file.whereIs([index, 'project'])}: project "${project}" is listed twice`];
  });
}
