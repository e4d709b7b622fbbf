import { ConfigurationError, counted } from '@cullstream/contracts';
import type { DeadEntry } from './dead-entry.js';

/** A shorter beginning of an id is refused as a mistake. */
const SHORTEST_BEGINNING = 3;
const CANDIDATES_SHOWN = 5;

type Named = Pick<DeadEntry, 'id' | 'project' | 'entry'>;

/**
 * The entries that ids name: in full, or by a beginning that only one has.
 * @returns their full ids
 * @throws {ConfigurationError} with every id that names none, or several, which are listed
 */
export function chooseIds(entries: readonly Named[], ids: readonly string[]): string[] {
  const known = new Set(entries.map(({ id }) => id));
  const problems: string[] = [];
  const chosen = ids.flatMap((id) => {
    if (known.has(id)) return [id];
    const alike =
      id.length < SHORTEST_BEGINNING ? [] : entries.filter((each) => each.id.startsWith(id));
    if (alike.length === 1) return alike.map((each) => each.id);
    problems.push(
      alike.length === 0
        ? `"${id}" names no entry; \`cullstream dead list\` lists them`
        : `"${id}" may be any of these, give more of the id: ${listed(alike)}`,
    );
    return [];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return chosen;
}

function listed(alike: readonly Named[]): string {
  const shown = alike
    .slice(0, CANDIDATES_SHOWN)
    .map(({ id, project, entry }) => `${id} (${[project, entry].filter(Boolean).join(': ')})`);
  const hidden = alike.length - shown.length;
  return shown.join(', ') + (hidden > 0 ? ` and ${counted(hidden, 'more entry')}` : '');
}
