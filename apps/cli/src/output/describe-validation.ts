import { limitItems, limitLines } from '@cullstream/report';
import { counted, formatCount } from '@cullstream/contracts';
import { basename } from 'node:path';
import type { Finding, Validation } from '@cullstream/store';
import { formatTable } from './format-table.js';
import { groupBy } from '@cullstream/domain';

/** How many rows with the worst findings are listed for each database. */
const ROWS_SHOWN = 10;
/** How many findings are listed for each row. */
const MESSAGES_SHOWN = 3;
const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * Describes the findings of databases: a table, distributions and the rows with the worst findings.
 */
export function describeValidations(validations: readonly Validation[]): string {
  const head = ['database', 'created by', 'groups', 'with AI', 'with user data', 'agree'];
  const isUrgent = ({ findings }: Validation) => findings.length > 0;
  const { shown, more } = limitItems(validations, { what: 'database', isUrgent });
  const rows = shown.map(({ path, ours, findings, statistics }) => [
    basename(path),
    ours ? 'cullstream' : 'others',
    statistics.rows,
    share(statistics.withPrediction, statistics.rows),
    share(statistics.withUserDecision, statistics.rows),
    share(statistics.agreeing, statistics.withBoth),
    countFindings(findings, 'error'),
    countFindings(findings, 'warning'),
  ]);
  return [
    formatTable([...head, 'errors', 'warnings'], rows, { spare: ['agree'] }),
    ...more,
    ...shown.flatMap(describeConfidence),
    ...limitLines(validations.flatMap(describeWorst), { what: 'line' }),
  ].join('\n');
}

export function countFindings(findings: readonly Finding[], severity: Finding['severity']): number {
  return findings.filter((finding) => finding.severity === severity).length;
}

/** `12 of 40 (30 %)` */
function share(part: number, of: number): string {
  if (of === 0) return '-';
  return `${formatCount(part)} of ${formatCount(of)} (${Math.round((100 * part) / of)} %)`;
}

/** `confidence of x.db, 0 to 1: ▁▁▂▅█▃▁▁▁▁ min 0.21, mean 0.43, max 0.88` */
function describeConfidence({ path, statistics }: Validation): string[] {
  const { confidence } = statistics;
  if (confidence === null) return [];
  const { min, mean, max, histogram } = confidence;
  const numbers = `min ${min.toFixed(2)}, mean ${mean.toFixed(2)}, max ${max.toFixed(2)}`;
  return [`confidence of ${basename(path)}, 0 to 1: ${toBars(histogram)} ${numbers}`];
}

/** Draws one block for each bin, scaled to the highest bin. An empty bin is a space. */
export function toBars(histogram: readonly number[]): string {
  const highest = Math.max(...histogram);
  return histogram
    .map((count) => {
      if (count === 0) return ' ';
      return BARS[Math.ceil((count / highest) * BARS.length) - 1] ?? ' ';
    })
    .join('');
}

/** Lists rows with errors first, then those with the most findings. */
function describeWorst({ path, findings }: Validation): string[] {
  const byRow = [...groupBy(findings, ({ groupId }) => groupId)]
    .map(([groupId, all]) => ({ groupId, all, errors: countFindings(all, 'error') }))
    .sort((a, b) => b.errors - a.errors || b.all.length - a.all.length);
  const shown = byRow.slice(0, ROWS_SHOWN).map(({ groupId, all, errors }) => {
    const worstFirst = [...all].sort((a, b) => (a.severity < b.severity ? -1 : 1));
    const messages = worstFirst
      .slice(0, MESSAGES_SHOWN)
      .map(({ message, check }) => `${message} (${check})`);
    const more = all.length - messages.length;
    const rest = more > 0 ? `; and ${formatCount(more)} more` : '';
    const where = groupId === undefined ? basename(path) : `${basename(path)} ${groupId}`;
    return `${errors > 0 ? 'error' : 'warning'}: ${where}: ${messages.join('; ')}${rest}`;
  });
  const hidden = byRow.length - shown.length;
  return hidden > 0
    ? [...shown, `and ${counted(hidden, 'more row')} in ${basename(path)}; ‹json› lists all`]
    : shown;
}
