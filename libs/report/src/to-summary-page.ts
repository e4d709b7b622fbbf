import { escapeHtml as escape } from './escape-html.js';
import { formatSeconds } from './format-seconds.js';
import { pageStyle as style } from './page-style.js';
import type { AcceptedBecause, DeadLetterSummary, ProjectSummary, Summary } from './summary.js';
import { describeWarnings } from './to-summary.js';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** The summary as one HTML page that needs no network: every text is escaped. */
export function toSummaryPage(summary: Summary): string {
  const { images, groups, results } = summary;
  const totals: [string, number][] = [
    ['projects', results.total_projects],
    ['images', images.total],
    ['embedded', images.embedded],
    ['cached', images.cached],
    ['failed', images.failed],
    ...acceptedTotal(summary),
    ['ungrouped', images.ungrouped],
    ['groups', groups.total],
    ['decided', groups.decided],
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cullstream ${escape(summary.batch_id)}</title>
<style>${style}</style>
</head>
<body>
<h1>Cullstream run ${escape(summary.batch_id)}</h1>
<p class="soft">${escape(summary.started_at)} to ${escape(summary.completed_at)}, ${formatSeconds(summary.total_duration_seconds)}</p>
<dl class="totals">${totals.map(([name, value]) => `<div><dt>${name}</dt><dd>${whole.format(value)}</dd></div>`).join('')}</dl>
<h2>Projects</h2>
<div class="scroll"><table>
<thead><tr><th>project</th><th class="text">status</th><th>images</th><th>embedded</th><th>cached</th><th>failed</th><th>ungrouped</th><th>groups</th><th>decided</th><th>time</th><th class="text">database</th></tr></thead>
<tbody>
${summary.projects.map(projectRow).join('\n')}
</tbody></table></div>
${notes(summary)}
${warnings(summary)}
${failures(summary.projects)}
${deadLetters(summary.dead_letters)}
<h2>Models</h2>
<div class="scroll"><table>
<thead><tr><th>model</th><th class="text">file</th><th class="text">features</th><th class="text">SHA-256</th></tr></thead>
<tbody>${Object.entries(summary.models).map(modelRow).join('')}</tbody></table></div>
</body>
</html>
`;
}

const statusClass = { success: 'ok', partial: 'part', failed: 'bad', skipped: 'soft' } as const;

function projectRow(project: ProjectSummary): string {
  const cells = [
    project.image_count,
    project.embedded_images,
    project.cached_images,
    project.failed_images,
    project.ungrouped_images,
    project.groups,
    project.decided_groups,
  ];
  return `<tr><td>${escape(project.project_id)}</td><td class="left ${statusClass[project.status]}">${project.status}</td>${cells
    .map((cell) => `<td>${whole.format(cell)}</td>`)
    .join(
      '',
    )}<td>${formatSeconds(project.duration_seconds)}</td><td class="text"><code>${escape(project.database?.split('/').at(-1) ?? '')}</code></td></tr>`;
}

function notes({ notes: ofModels = [], projects }: Summary): string {
  const lines = projects.flatMap((project) =>
    project.message === null
      ? []
      : [`<li>${escape(project.project_id)}: ${escape(project.message)}${accepted(project)}</li>`],
  );
  lines.unshift(...ofModels.map((text) => `<li>${escape(text)}</li>`));
  return lines.length === 0 ? '' : `<h2>Notes</h2>\n<ul>${lines.join('')}</ul>`;
}

function accepted({ accepted: note = null }: ProjectSummary): string {
  return note === null ? '' : ` (accepted: ${escape(because(note))})`;
}

function warnings({
  projects,
  warnings: all = projects.flatMap(describeWarnings),
}: Summary): string {
  if (all.length === 0) return '';
  return `<h2>Warnings</h2>\n<ul>${all.map((text) => `<li>${escape(text)}</li>`).join('')}</ul>`;
}

function failures(projects: readonly ProjectSummary[]): string {
  const rows = projects.flatMap((project) =>
    project.failures.map(
      ({ image, reason, message, accepted }) =>
        `<tr><td>${escape(project.project_id)}</td><td class="text">${escape(image)}</td><td class="text">${escape(reason)}</td><td class="text">${escape(message)}</td><td class="text">${escape(because(accepted))}</td></tr>`,
    ),
  );
  if (rows.length === 0) return '';
  return `<h2>Failed images</h2>
<div class="scroll"><table>
<thead><tr><th>project</th><th class="text">image</th><th class="text">reason</th><th class="text">message</th><th class="text">accepted</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`;
}

function deadLetters(letters: readonly DeadLetterSummary[] = []): string {
  if (letters.length === 0) return '';
  const rows = letters.map(({ id, project_id: project, accepted, ...letter }) => {
    const { stage, image, reason, message } = letter;
    const cells = [stage, image, reason, message, because(accepted)].map(
      (text) => `<td class="text">${escape(text)}</td>`,
    );
    return `<tr><td>${escape(project)}</td><td class="text"><code>${escape(id)}</code></td>${cells.join('')}</tr>`;
  });
  return `<h2>Messages given up</h2>
<div class="scroll"><table>
<thead><tr><th>project</th><th class="text">id</th><th class="text">stage</th><th class="text">image</th><th class="text">reason</th><th class="text">message</th><th class="text">accepted</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`;
}

/** Only where there is something to tell. */
function acceptedTotal({ accepted }: Summary): [string, number][] {
  return accepted === undefined || accepted.images === 0 ? [] : [['accepted', accepted.images]];
}

function because(accepted: AcceptedBecause | null = null): string {
  return accepted === null ? '' : (accepted.why ?? 'yes');
}

function modelRow([kind, model]: [string, Summary['models']['ranker']]): string {
  return `<tr><td>${escape(kind)}</td><td class="text">${escape(model.file)}</td><td class="text"><code>${escape(JSON.stringify(model.features))}</code></td><td class="text"><code>${escape(model.sha256)}</code></td></tr>`;
}
