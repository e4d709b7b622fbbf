import { html } from 'hono/html';
import { formatSeconds } from '../format-seconds.js';
import type { ProjectSummary, Summary } from '../summary.js';
import { toTable, type Piece } from './page-parts.js';
import type { ReportDetails } from './report-details.js';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const statusClass = { success: 'ok', partial: 'part', failed: 'bad', skipped: 'soft' } as const;

/** The planned projects with the result of each. */
export function toInventory({ projects }: Summary, record: ReportDetails['record']): Piece {
  const planned = new Map(record?.projects.map(({ project, cached }) => [project.source, cached]));
  const columns = [
    ...[{ head: 'project' }, { head: 'status', isText: true }],
    ...['images', 'groups', 'ungrouped', 'to embed', 'embedded', 'cached', 'failed', 'decided'].map(
      (head) => ({ head }),
    ),
    ...[{ head: 'time' }, { head: 'images/s' }, { head: 'database', isText: true }],
  ];
  const rows = projects.map((project) => toRow(project, planned.get(project.zip_file)));
  return html`<h2>Projects</h2>
    ${toTable(columns, rows)}
    <p class="soft">
      To embed: images that the cache did not know when the run was planned. Time: from the first
      image of the project that a service took up to its last result, pauses included; projects
      overlap, so these times do not add up to that of the run. Images/s: images that ended in each
      second of it that was worked. A dash stands where nothing is
      known.${countsMore(projects, record) ? ' Embeddings of the older tool are checked before they are used, so they count as to embed here.' : ''}
    </p>`;
}

/**
 * Whether the estimate includes embeddings of the older tool, which are not counted for any
 * project.
 */
function countsMore(projects: Summary['projects'], record: ReportDetails['record']): boolean {
  const planned = new Map(record?.projects.map(({ project, cached }) => [project.source, cached]));
  const toEmbed = projects.reduce((sum, { zip_file: source, image_count: images }) => {
    const cached = planned.get(source);
    return cached === undefined ? sum : sum + Math.max(0, images - cached);
  }, 0);
  return record?.estimate !== undefined && record.estimate.toEmbed < toEmbed;
}

function toRow(project: ProjectSummary, cached: number | undefined): (string | Piece)[] {
  const { duration_seconds: seconds, images_per_second: rate = null, status, database } = project;
  return [
    html`${project.project_id}<br /><small class="soft">${project.zip_file}</small>`,
    html`<span class="${statusClass[status]}">${status}</span>`,
    ...[
      project.image_count,
      project.groups,
      project.ungrouped_images,
      cached === undefined ? null : Math.max(0, project.image_count - cached),
      project.embedded_images,
      project.cached_images,
      project.failed_images,
      project.decided_groups,
    ].map((count) => (count === null ? '–' : whole.format(count))),
    seconds === 0 ? '–' : formatSeconds(seconds),
    rate === null ? '–' : rate.toFixed(rate < 10 ? 2 : 0),
    html`<code>${database?.split('/').at(-1) ?? '–'}</code>`,
  ];
}
