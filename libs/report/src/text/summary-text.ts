import { counted, formatCount } from '@cullstream/contracts';
import { groupBy } from '@cullstream/domain';
import { withoutRawErrors } from '@cullstream/runtime';
import { formatSeconds } from '../format-seconds.js';
import type { AcceptedBecause, Summary } from '../summary.js';
import { describeWarnings } from '../to-summary.js';
import { formatTable } from './format-table.js';
import { limitLines, limitItems } from './limit-items.js';

const FAILURES_SHOWN = 20;
const IN_REPORT = 'the report lists them';
/** A message that at least this many projects share is printed once for all of them. */
const COMMON_AT = 30;

export interface SummaryTextOptions {
  /** Path of the HTML report. */
  readonly reportPath?: string | undefined;
  /** Width of the table in characters. */
  readonly columns: number;
}

/** The summary as text for the end of a run. */
export function formatSummary(
  summary: Summary,
  { reportPath, columns }: SummaryTextOptions,
): string {
  const { images, groups, projects } = summary;
  const where = 'the report and ‹json› list all';
  const { shown, more } = limitItems(projects, { what: 'project', where, isUrgent: isTroubled });
  const rows = shown.map((project) => [
    project.project_id,
    project.status,
    project.image_count,
    project.embedded_images,
    project.cached_images,
    project.failed_images,
    project.ungrouped_images,
    project.groups,
    project.decided_groups,
  ]);
  const head = [
    'project',
    'status',
    'images',
    'embedded',
    'cached',
    'failed',
    'ungrouped',
    'groups',
    'decided',
  ];
  return [
    formatTable(head, rows, { columns, spare: ['ungrouped', 'cached', 'embedded'] }),
    ...more,
    `${counted(images.total, 'image')}: ${formatCount(images.embedded)} embedded, ` +
      `${formatCount(images.cached)} cached, ${formatCount(images.failed)} failed, ` +
      `${formatCount(images.ungrouped)} in no group; ` +
      `${formatCount(groups.decided)} of ${counted(groups.total, 'group')} decided; ` +
      formatSeconds(summary.total_duration_seconds) +
      describeWork(summary),
    ...describeAccepted(summary),
    ...notes(summary),
    ...(reportPath === undefined ? [] : [`report: ${reportPath}`]),
  ].join('\n');
}

function isTroubled({ status }: Summary['projects'][number]): boolean {
  return status === 'failed' || status === 'partial';
}

/** The images per second, and of which time where that is not all: without start-up and pauses. */
function describeWork({
  total_duration_seconds: total,
  working_seconds: worked = total,
  images_per_second: rate = null,
}: Summary): string {
  if (rate === null) return '';
  const [all, part] = [formatSeconds(total), formatSeconds(worked)];
  return `, ${rate.toFixed(1)} images/s${all === part ? '' : ` in the ${part} of work`}`;
}

/** How many failures were accepted. Empty if none were. */
function describeAccepted(summary: Summary): string[] {
  const { results, images, dead_letters: letters = [], accepted } = summary;
  if (accepted === undefined) return [];
  const { projects = 0 } = accepted;
  if (projects + accepted.images + accepted.dead_letters === 0) return [];
  const part = (failed: number, taken: number) =>
    failed === taken ? 'all accepted' : `${formatCount(taken)} of them accepted`;
  const parts = [
    ...(projects === 0
      ? []
      : [`${counted(results.failed, 'project')} failed, ${part(results.failed, projects)}`]),
    ...(accepted.images === 0
      ? []
      : [`${formatCount(images.failed)} failed, ${part(images.failed, accepted.images)}`]),
    ...(accepted.dead_letters === 0
      ? []
      : [
          `${counted(letters.length, 'message')} given up, ${part(letters.length, accepted.dead_letters)}`,
        ]),
  ];
  return [`${parts.join('; ')}: \`cullstream dead list\` tells why`];
}

/** Sorts failures that nobody has accepted first. */
function openFirst<T extends { readonly accepted?: AcceptedBecause | null }>(
  all: readonly T[],
): T[] {
  const isOpen = ({ accepted = null }: T) => accepted === null;
  return [...all.filter(isOpen), ...all.filter((each) => !isOpen(each))];
}

function because(accepted: AcceptedBecause | null = null): string {
  if (accepted === null) return '';
  return accepted.why === null ? ' (accepted)' : ` (accepted: ${accepted.why})`;
}

function notes(summary: Summary): string[] {
  const { notes: ofModels = [], projects, dead_letters: letters = [] } = summary;
  const { warnings = projects.flatMap(describeWarnings) } = summary;
  const failures = openFirst(
    projects.flatMap(({ project_id: name, failures: all }) =>
      all.map((failure) => ({ ...failure, name })),
    ),
  ).map(
    ({ name, image, reason, message, accepted }) =>
      `${name}: ${image} failed (${reason}): ${message}${because(accepted)}`,
  );
  const poisoned = openFirst(letters).map(
    ({ id, project_id: name, image, stage, reason, message, accepted }) =>
      `${name}: message ${id}${image === '' ? '' : ` of ${image}`} was given up by the ${stage} ` +
      `(${reason}): ${message}${because(accepted)}`,
  );
  // The summary has at most a hundred failures of each project.
  const hidden =
    Math.max(failures.length, summary.images.failed) - Math.min(failures.length, FAILURES_SHOWN);
  const whereRest =
    failures.length < summary.images.failed ? '`cullstream dead list` lists them' : IN_REPORT;
  return [
    ...ofModels,
    ...limitLines(toMessages(projects), { what: 'note', where: IN_REPORT }),
    ...limitLines(
      warnings.map((warning) => `warning: ${warning}`),
      { what: 'warning', where: IN_REPORT },
    ),
    ...failures.slice(0, FAILURES_SHOWN),
    ...(hidden > 0 && failures.length > 0
      ? [`and ${counted(hidden, 'more failed image')}; ${whereRest}`]
      : []),
    ...poisoned.slice(0, FAILURES_SHOWN),
    ...(poisoned.length > FAILURES_SHOWN
      ? [`and ${counted(poisoned.length - FAILURES_SHOWN, 'more message')} given up`]
      : []),
  ].map(withoutRawErrors);
}

/** The messages of the projects. A message that very many projects share is given once. */
function toMessages(projects: Summary['projects']): string[] {
  const named = openFirst(projects).flatMap(({ project_id: name, message, accepted }) =>
    message === null ? [] : [{ name, message: `${message}${because(accepted)}` }],
  );
  return [...groupBy(named, ({ message }) => message)].flatMap(([message, alike]) =>
    alike.length < COMMON_AT
      ? alike.map(({ name }) => `${name}: ${message}`)
      : [`${counted(alike.length, 'project')}: ${message}`],
  );
}
