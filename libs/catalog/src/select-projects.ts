import { ConfigurationError, toProjectName, type RejectedSource } from '@cullstream/contracts';
import { findProjects, type FoundProjects, type ProjectSource } from './find-projects.js';
import { loadInventory } from './inventory.js';
import { locateSource } from './locate-source.js';

export interface Selection extends FoundProjects {
  /** Sources the inventory says are done or to be skipped, or that `--skip` leaves out. */
  readonly excluded: readonly RejectedSource[];
}

export interface SelectionOptions {
  readonly originalsDir: string;
  readonly inventory?: string | undefined;
  /** Only these projects, whatever the inventory says of them. */
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
}

/**
 * The projects a command works on: those of the inventory, or else everything below originals.
 * @throws {ConfigurationError} for an unreadable inventory or folder, or unknown names
 */
export async function selectProjects(options: SelectionOptions): Promise<Selection> {
  const { projects, rejected, excluded } =
    options.inventory === undefined
      ? { ...(await findProjects(options.originalsDir)), excluded: [] }
      : await fromInventory(await loadInventory(options.inventory), options);
  refuseUnknown(options, [...projects, ...rejected, ...excluded]);
  const { only, skip = [] } = options;
  const wanted = (name: string) => only === undefined || only.includes(name);
  const left = (name: string) => wanted(name) && !skip.includes(name);
  return {
    projects: projects.filter(({ name }) => left(name)),
    rejected: rejected.filter(({ name }) => left(name)),
    excluded: [
      ...excluded.filter(({ name }) => wanted(name)),
      ...projects
        .filter(({ name }) => wanted(name) && skip.includes(name))
        .map((project) => ({ ...project, message: 'left out (--skip)' })),
    ],
  };
}

async function fromInventory(
  entries: Awaited<ReturnType<typeof loadInventory>>,
  { only, originalsDir }: SelectionOptions,
): Promise<Selection> {
  const projects: ProjectSource[] = [];
  const excluded: RejectedSource[] = [];
  for (const { project, source: written, status } of entries) {
    const name = toProjectName(project);
    const source = await locateSource(originalsDir, written);
    if (status === 'pending' || only?.includes(name) === true) projects.push({ name, source });
    else excluded.push({ name, source, message: `the inventory says: ${status}` });
  }
  return { projects, rejected: [], excluded };
}

function refuseUnknown(
  { only = [], skip = [] }: SelectionOptions,
  known: readonly { readonly name: string }[],
): void {
  const names = new Set(known.map(({ name }) => name));
  const list = known.map(({ name }) => name).join(', ');
  const problems = [
    ...only.map((name) => ['--only', name] as const),
    ...skip.map((name) => ['--skip', name] as const),
  ]
    .filter(([, name]) => !names.has(name))
    .map(([flag, name]) => `${flag}: no project "${name}"; there are: ${list}`);
  if (problems.length > 0) throw new ConfigurationError(problems);
}
