import { counted } from '@cullstream/contracts';
import { html } from 'hono/html';
import type { AcceptedBecause, FailureSummary, Summary } from '../summary.js';
import { nothing, toTable, type Column, type Piece } from './page-parts.js';

/** How many failures of each reason are listed. The JSON file next to the page has all of them. */
const MOST_LISTED = 200;

const text = (...heads: readonly string[]): Column[] =>
  heads.map((head) => ({ head, isText: true }));

/** The failures by reason, the most frequent reason first, then the dead letters. */
export function toFailureSections({ projects, dead_letters: letters = [] }: Summary): Piece {
  const byReason = new Map<string, (FailureSummary & { readonly project: string })[]>();
  for (const { project_id: project, failures } of projects) {
    for (const failure of failures) {
      const known = byReason.get(failure.reason);
      if (known === undefined) byReason.set(failure.reason, [{ ...failure, project }]);
      else known.push({ ...failure, project });
    }
  }
  const reasons = [...byReason].sort(([, a], [, b]) => b.length - a.length);
  return html`${reasons.length === 0 ? nothing : html`<h2>Failed images</h2>`}
  ${reasons.map(
    ([reason, failures]) =>
      html`<h3>${reason}: ${counted(failures.length, 'image')}</h3>
        ${toTable(
          text('project', 'image', 'message', 'accepted'),
          failures
            .slice(0, MOST_LISTED)
            .map(({ project, image, message, accepted }) => [
              project,
              image,
              message,
              because(accepted),
            ]),
        )}
        ${
          failures.length <= MOST_LISTED
            ? nothing
            : html`<p class="soft">
                and ${failures.length - MOST_LISTED} more: the JSON beside this page lists them
              </p>`
        }`,
  )}
  ${
    letters.length === 0
      ? nothing
      : html`<h2>Messages given up</h2>
          ${toTable(
            text('project', 'id', 'stage', 'image', 'reason', 'message', 'accepted'),
            letters.map(({ project_id: project, id, stage, image, reason, message, accepted }) => [
              project,
              html`<code>${id}</code>`,
              ...[stage, image, reason, message, because(accepted)],
            ]),
          )}`
  }`;
}

function because(accepted: AcceptedBecause | null = null): string {
  return accepted === null ? '' : (accepted.why ?? 'yes');
}
