import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { schemaProblems, type Compose } from './compose-schema.js';
import { referenceProblems } from './compose-references.js';

/** Both programs accept more forms, but not the same ones. */
const VARIABLE = /\$\{(\w+)(?::-([^}]*)|:\?[^}]+)\}/g;

/**
 * Reasons why docker-compose 1.29 or a later program would reject the files of a deployment, or
 * read them differently, as text; empty where there are none.
 * @param files contents of the files: the first one complete, the others with changes to it
 * @param settings names of the variables that may be used
 */
export function composeProblems(files: readonly string[], settings: readonly string[]): string[] {
  const read = files.map((text) => readFile(text, settings));
  const problems = read.flatMap((file) => file.problems);
  return problems.length > 0 ? problems : referenceProblems(read.map(({ content }) => content));
}

function readFile(text: string, settings: readonly string[]) {
  const problems: string[] = [];
  // The older program reads YAML 1.1, where `no` is false and 1:30 is a number.
  const [older, current] = (['1.1', '1.2'] as const).map((version) => {
    try {
      return parse(text, { version, merge: true }) as unknown;
    } catch (error) {
      problems.push(String(error));
      return undefined;
    }
  });
  if (!isDeepStrictEqual(older, current)) problems.push('YAML 1.1 and 1.2 read it differently');
  const content = fillIn(older, settings, problems);
  if (problems.length === 0) problems.push(...schemaProblems(content));
  return { content: content as Compose, problems };
}

/** The content with every variable replaced by its default, or by a path where there is none. */
function fillIn(value: unknown, settings: readonly string[], problems: string[]): unknown {
  if (typeof value === 'string') {
    const filled = value.replaceAll(VARIABLE, (_all, name: string, preset?: string) => {
      if (!settings.includes(name)) problems.push(`${name} is no setting`);
      return preset ?? '/given';
    });
    if (filled.includes('$')) problems.push(`not every compose can fill in: ${filled}`);
    return filled;
  }
  if (Array.isArray(value)) return value.map((each) => fillIn(each, settings, problems));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, fillIn(each, settings, problems)]),
  );
}
