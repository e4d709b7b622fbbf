import { html } from 'hono/html';
import { formatSeconds } from '../format-seconds.js';
import type { Summary } from '../summary.js';
import { nothing, toTable, type Piece } from './page-parts.js';
import type { ReportDetails } from './report-details.js';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

const bases = {
  'last-run': 'the rate of the last run with these weights',
  tuned: 'the rate that doctor measured on this machine',
  'model-size': 'what is usual for a model of this size on so many cores',
} as const;

/** Compares the estimate from when the run was planned with how long the run took. */
export function toEstimateSection(summary: Summary, record: ReportDetails['record']): Piece {
  const estimate = record?.estimate;
  if (record === undefined || estimate === undefined) return nothing;
  const { working_seconds: worked = 0, total_duration_seconds: all } = summary;
  const names = new Set(record.projects.map(({ project }) => project.source));
  const done = summary.projects.filter((project) => names.has(project.zip_file));
  const count = (key: 'embedded_images' | 'cached_images' | 'failed_images') =>
    done.reduce((sum, project) => sum + project[key], 0);
  const { seconds, low, high, basis, toEmbed, cached } = estimate;
  return html`<h2>Estimated, and what it took</h2>
    ${toTable(
      [{ head: '' }, { head: 'planned' }, { head: 'was' }],
      [
        [
          'time of work',
          `${formatSeconds(seconds)} (${formatSeconds(low)} to ${formatSeconds(high)})`,
          worked === 0 ? '–' : formatSeconds(worked),
        ],
        ['with pauses and start-up', '–', formatSeconds(all)],
        [
          'images to embed',
          whole.format(toEmbed),
          whole.format(count('embedded_images') + count('failed_images')),
        ],
        ['images from the cache', whole.format(cached), whole.format(count('cached_images'))],
      ],
    )}
    <p class="soft">
      Estimated by ${bases[basis]}. Four of five runs are expected to take a time within the
      interval.
    </p>`;
}
