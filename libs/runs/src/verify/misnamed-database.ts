import { toProjectName } from '@cullstream/contracts';
import type { DatabaseFacts } from '@cullstream/store';

/** A database that was copied or renamed, and has decisions of other projects than its name says. */
export interface MisnamedDatabase {
  readonly gap: string;
  /** None of its decisions is of the project that it is named after. */
  readonly isWhole: boolean;
}

/** @returns undefined where every decision is of this project. */
export function findMisnaming(
  project: string,
  { decidedProjects }: Pick<DatabaseFacts, 'decidedProjects'>,
): MisnamedDatabase | undefined {
  const others = decidedProjects.filter((name) => toProjectName(name) !== project);
  if (others.length === 0) return undefined;
  const isWhole = others.length === decidedProjects.length;
  const names = others.map((name) => `"${name}"`).join(', ');
  return {
    isWhole,
    gap:
      `its database ${isWhole ? 'is of project' : 'has decisions of project'} ${names}: it was copied or renamed; ` +
      'move the file away and put back the right one, or let `cullstream run` make it anew from the cache',
  };
}
