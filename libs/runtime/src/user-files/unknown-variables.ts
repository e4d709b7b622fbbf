import { didYouMean } from './did-you-mean.js';
import { knownVariables } from './known-variables.js';

/** Sentences about environment variables that begin with `CULL_` but that no program reads. */
export interface UnknownVariables {
  /** About variables that are probably misspelt. */
  readonly misspelt: readonly string[];
  /** About other variables, which may be meant for another version. */
  readonly others: readonly string[];
}

export function findUnknownVariables(
  environment: Readonly<Record<string, string | undefined>>,
): UnknownVariables {
  const known = new Set(knownVariables);
  const misspelt: string[] = [];
  const others: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('CULL_') || known.has(name) || value === undefined) continue;
    const meant = didYouMean(name, knownVariables);
    if (meant === '') others.push(`${name} in the environment is ignored: no program reads it`);
    else misspelt.push(`${name} in the environment: there is no such variable${meant}`);
  }
  return { misspelt, others };
}
