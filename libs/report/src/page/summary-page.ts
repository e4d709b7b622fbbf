import { describeEncoding, describeFeatures } from '@cullstream/contracts';
import { html } from 'hono/html';
import { formatSeconds } from '../format-seconds.js';
import type { Summary } from '../summary.js';
import { describeWarnings } from '../to-summary.js';
import { toFailureSections } from './failure-sections.js';
import { toInventory } from './inventory-table.js';
import { nothing, toDocument, toTable, type Piece } from './page-parts.js';
import type { ReportDetails } from './report-details.js';
import {
  plotCacheShare,
  plotConfidence,
  plotCrops,
  plotStages,
  plotThroughput,
} from './report-plots.js';
import { toEstimateSection } from './estimate-section.js';
import { toSampleStrips } from './sample-strips.js';

const style = `
.median { fill: light-dark(#fff, #111); stroke: var(--mark); stroke-width: 2; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 0 2.5rem; }
.plots section { break-inside: avoid; }
.strip { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .75rem; align-items: end; }
`;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/**
 * A run as one HTML page that needs no network and has no scripts. It has the summary and further
 * details.
 */
export function toSummaryPage(summary: Summary, details: ReportDetails = {}): Promise<string> {
  const { projects, started_at: from, completed_at: to, total_duration_seconds: all } = summary;
  const { decisions = [], history = [] } = details;
  const plots = [
    plotThroughput(history),
    plotCacheShare(projects),
    plotConfidence(decisions),
    plotStages(decisions),
    plotCrops(decisions),
  ].filter((plot) => plot !== nothing);
  return toDocument({
    title: `Cullstream ${summary.batch_id}`,
    style,
    content: html`<h1>
        Cullstream ${summary.replay === true ? 'replay' : 'run'} ${summary.batch_id}
      </h1>
      <p class="soft">${toTime(from)} to ${toTime(to)}, ${formatSeconds(all)}</p>
      <dl class="totals">
        ${toTotals(summary).map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${whole.format(value)}</dd>
            </div>`,
        )}
      </dl>
      ${toEstimateSection(summary, details.record)} ${toInventory(summary, details.record)}
      ${toSampleStrips(details)} ${toNotes(summary)} ${toWarnings(summary)}
      ${toFailureSections(summary)}
      ${
        plots.length === 0
          ? nothing
          : html`<h2>Plots</h2>
              <div class="plots">${plots.map((plot) => html`<section>${plot}</section>`)}</div>`
      }
      ${toModels(summary, details.record)}`,
  });
}

/** `2026-01-31 09:45:00 UTC` */
function toTime(iso: string): Piece {
  const text = iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC');
  return html`<time datetime="${iso}">${text}</time>`;
}

function toTotals({ results, images, groups, accepted }: Summary): [string, number][] {
  return [
    ['projects', results.total_projects],
    ['images', images.total],
    ['embedded', images.embedded],
    ['cached', images.cached],
    ['failed', images.failed],
    // Accepted failures are shown only if there are any.
    ...(accepted === undefined || accepted.images === 0
      ? []
      : [['accepted', accepted.images] satisfies [string, number]]),
    ['ungrouped', images.ungrouped],
    ['groups', groups.total],
    ['decided', groups.decided],
  ];
}

function toNotes({ notes: ofModels = [], projects }: Summary): Piece {
  const lines = [
    ...ofModels,
    ...projects.flatMap(({ project_id: name, message, accepted }) => {
      const because = accepted == null ? '' : ` (accepted: ${accepted.why ?? 'yes'})`;
      return message === null ? [] : [`${name}: ${message}${because}`];
    }),
  ];
  return toList('Notes', lines);
}

function toWarnings({ projects, warnings = projects.flatMap(describeWarnings) }: Summary): Piece {
  return toList('Warnings', warnings);
}

function toList(title: string, lines: readonly string[]): Piece {
  if (lines.length === 0) return nothing;
  return html`<h2>${title}</h2>
    <ul>
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>`;
}

function toModels({ models }: Summary, record: ReportDetails['record']): Piece {
  const { embedder, ranker, crop_proposer: crop } = models;
  const rows =
    record === undefined
      ? Object.entries(models).map(([kind, model]) => [
          kind.replace('_', ' '),
          model.file,
          JSON.stringify(model.features),
          model.sha256,
        ])
      : [
          [
            'image encoder',
            embedder.file,
            `turns each image into numbers; ${describeEncoding(record.recipe.embedding)}`,
            embedder.sha256,
          ],
          [
            'ranker',
            ranker.file,
            `gives each image a score; ${describeFeatures(record.recipe.ranker.features)}`,
            ranker.sha256,
          ],
          [
            'crop proposer',
            crop.file,
            `proposes a crop for each image; ${describeFeatures(record.recipe.crop.features)}`,
            crop.sha256,
          ],
        ];
  const columns = ['model', 'file', 'what it does, and with which input', 'SHA-256'];
  return html`<h2>Models</h2>
    ${toTable(
      columns.map((head) => ({ head, isText: true })),
      rows.map(([kind = '', file = '', use = '', sha256 = '']) => [
        kind,
        file,
        use,
        html`<code>${sha256}</code>`,
      ]),
    )}
    ${record === undefined ? nothing : html`<p>${describeGrouping(record.options)}</p>`}`;
}

function describeGrouping({
  minGroupSize,
  timeGapMinutes,
}: NonNullable<ReportDetails['record']>['options']): string {
  const gap =
    timeGapMinutes === null ? '' : `, and no more than ${timeGapMinutes} minutes between two`;
  return `A group has at least ${minGroupSize} images${gap}.`;
}
