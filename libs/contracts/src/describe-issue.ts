import type { z } from 'zod';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a mapping of names to values',
  record: 'a mapping of names to values',
  string: 'text',
};

/**
 * What a schema expects where a value does not match it, for schemas without their own message:
 * `expected a number above 0`. An error map of zod.
 */
export function describeIssue(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${kinds[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return `expected ${describeLimit(issue.origin, issue.minimum, issue.inclusive ? 'at least' : 'above')}`;
    case 'too_big':
      return `expected ${describeLimit(issue.origin, issue.maximum, issue.inclusive ? 'at most' : 'below')}`;
    case 'invalid_value':
      return `expected ${listChoices(issue.values)}`;
    case 'unrecognized_keys':
      return `there is no setting ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
    case 'invalid_format':
      return issue.format === 'regex'
        ? 'not written as it has to be'
        : `expected ${issue.format.replaceAll('_', ' ')}`;
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return describeUnion(issue.errors);
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
      return 'is not possible here';
  }
}

/** All problems of a document in one line: `features.embedding: expected one of raw, l2`. */
export function describeProblems({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
}

function describeLimit(origin: string, limit: number | bigint, how: string): string {
  if (origin === 'string') {
    return Number(limit) === 1 ? 'text that is not empty' : `text of ${how} ${limit} characters`;
  }
  if (origin === 'array' || origin === 'set') return `a list of ${how} ${limit}`;
  const kind = origin === 'int' ? 'a whole number' : 'a number';
  return how === 'above' || how === 'below'
    ? `${kind} ${how} ${limit}`
    : `${kind} of ${how} ${limit}`;
}

function listChoices(values: readonly unknown[]): string {
  const [only] = values;
  return values.length === 1 ? String(only) : `one of ${values.map(String).join(', ')}`;
}

function describeUnion(errors: readonly (readonly { readonly message?: string }[])[]): string {
  const messages = errors.flatMap(([first]) => first?.message ?? []);
  const expected = messages.map((message) => message.replace(/^expected /, ''));
  return expected.length === 0
    ? 'is not possible here'
    : `expected ${[...new Set(expected)].join(', or ')}`;
}
