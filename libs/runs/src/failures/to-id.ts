import { createHash } from 'node:crypto';

/** With 100,000 failures, two share an id in one of 50,000 data folders. */
const ID_DIGITS = 12;

/** A letter for what failed, and digits that are the same for it in every run. */
export function toId(kind: 'image' | 'project', ...names: readonly string[]): string {
  const digest = createHash('sha256').update(names.join('\n')).digest('hex');
  return `${kind.charAt(0)}${digest.slice(0, ID_DIGITS)}`;
}
