import { counted, formatCount, describeEncoding } from '@cullstream/contracts';
import { formatSeconds, limitItems, limitLines } from '@cullstream/report';
import { exitCodes, withoutRawErrors } from '@cullstream/runtime';
import { formatTable } from '../output/format-table.js';
import { planRun, type PlanDocument, type PlanRow } from '@cullstream/runs';
import type { PlanSettings } from '../settings/settings.js';
import type { CommandContext } from './command-context.js';

/** Shows what a run would find and do. Writes nothing. */
export async function plan(settings: PlanSettings, context: CommandContext): Promise<number> {
  const { document, problems } = await planRun(settings, context);
  const { terminal } = context;
  terminal.print(settings.json ? JSON.stringify(document, null, 2) : toText(document));
  return problems.length === 0 ? exitCodes.ok : exitCodes.failed;
}

function toText({ projects, totals, models, recipes, notes, estimate }: PlanDocument) {
  const head = [
    'project',
    'source',
    'state',
    'images',
    'groups',
    'ungrouped',
    'cached',
    'to embed',
    'existing',
    'writes',
  ];
  const isUrgent = ({ state }: PlanRow) => state === 'missing' || state === 'unreadable';
  const { shown, more } = limitItems(projects, { what: 'project', isUrgent });
  const rows = shown.map((row) => [
    row.project,
    row.source,
    row.state,
    row.images,
    row.groups,
    row.ungrouped,
    row.cached + row.legacy,
    row.toEmbed,
    row.existing === null ? '-' : row.existingIsOurs ? 'ours' : "the user's",
    row.writes?.split('/').at(-1) ?? '-',
  ]);
  const lines = projects.flatMap(({ project, note, warnings }) =>
    [...(note === null ? [] : [note]), ...warnings].map((text) =>
      withoutRawErrors(`${project}: ${text}`),
    ),
  );
  return [
    formatTable(head, rows, { spare: ['source', 'ungrouped', 'existing', 'writes', 'cached'] }),
    ...more,
    ...limitLines(lines, { what: 'note' }),
    `embedder ${models.embedder.file}, ranker ${models.ranker.file}, crop proposer ${models.crop_proposer.file}`,
    `embedding recipe ${recipes.embedding} (${describeEncoding(recipes)}), prediction recipe ${recipes.prediction}`,
    ...notes,
    `${counted(totals.images, 'image')} in ${counted(totals.projects, 'project')}: ` +
      `${formatCount(totals.toEmbed)} to embed, ${counted(totals.groups, 'group')}; ` +
      (totals.pending === 0
        ? 'nothing is left to do'
        : `about ${formatSeconds(estimate.seconds)} ` +
          `(${formatSeconds(estimate.low)} to ${formatSeconds(estimate.high)})`),
    ...(totals.toEmbed === 0
      ? []
      : [`${estimate.rates.embed.toFixed(1)} images/s, ${estimate.rates.because}`]),
    'nothing was written',
  ].join('\n');
}
