import { warningsOf, type Summary } from '@cullstream/report';
import { withoutRawErrors } from '@cullstream/runtime';
import { formatCount, formatSeconds, formatTable } from './format.js';

const FAILURES_SHOWN = 20;

/** A summary as people read it at the end of a run. */
export function formatSummary(summary: Summary, reportPath: string | undefined): string {
  const { images, groups, projects } = summary;
  const rows = projects.map((project) => [
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
    formatTable(head, rows),
    `${formatCount(images.total)} images: ${formatCount(images.embedded)} embedded, ` +
      `${formatCount(images.cached)} cached, ${formatCount(images.failed)} failed, ` +
      `${formatCount(images.ungrouped)} in no group; ` +
      `${formatCount(groups.decided)} of ${formatCount(groups.total)} groups decided; ` +
      formatSeconds(summary.total_duration_seconds) +
      describeWork(summary),
    ...notes(summary),
    ...(reportPath === undefined ? [] : [`report: ${reportPath}`]),
  ].join('\n');
}

/** The pauses of a run, and how fast it went besides. */
function describeWork({
  total_duration_seconds: total,
  working_seconds: worked = total,
  images_per_second: rate = null,
}: Summary): string {
  if (rate === null) return '';
  const pauses = total - worked >= 60 ? `, ${formatSeconds(worked)} of it at work` : '';
  return `${pauses}, ${rate.toFixed(1)} images/s`;
}

function notes(summary: Summary): string[] {
  const { notes: ofModels = [], projects, dead_letters: letters = [] } = summary;
  const { warnings = projects.flatMap(warningsOf) } = summary;
  const messages = projects.flatMap(({ project_id: name, message }) =>
    message === null ? [] : [`${name}: ${message}`],
  );
  const failures = projects.flatMap(({ project_id: name, failures: all }) =>
    all.map(({ image, reason, message }) => `${name}: ${image} failed (${reason}): ${message}`),
  );
  const poisoned = letters.map(
    ({ id, project_id: name, image, stage, reason, message }) =>
      `${name}: message ${id}${image === '' ? '' : ` of ${image}`} was given up by the ${stage} (${reason}): ${message}`,
  );
  const hidden = failures.length - FAILURES_SHOWN;
  return [
    ...ofModels,
    ...messages,
    ...warnings.map((warning) => `warning: ${warning}`),
    ...failures.slice(0, FAILURES_SHOWN),
    ...(hidden > 0 ? [`and ${formatCount(hidden)} more failed images; the report lists them`] : []),
    ...poisoned.slice(0, FAILURES_SHOWN),
    ...(poisoned.length > FAILURES_SHOWN
      ? [`and ${formatCount(poisoned.length - FAILURES_SHOWN)} more messages that were given up`]
      : []),
  ].map(withoutRawErrors);
}

/** The exit code that a summary stands for: 1 where anything failed or was given up. */
export function exitCodeOf({
  results,
  images,
  groups,
  dead_letters: letters = [],
}: Summary): 0 | 1 {
  return results.failed + images.failed + groups.failed + letters.length > 0 ? 1 : 0;
}
