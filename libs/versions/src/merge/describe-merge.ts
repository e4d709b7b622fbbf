import { formatTable, limitItems, limitLines, listExamples } from '@cullstream/report';
import { counted } from '@cullstream/contracts';
import { hasChanges, type UnmergedReason, type MergeReport } from '@cullstream/store';
import { toCounts, suggestRemedy, type MergeResult } from './merge-result.js';

const LEFT_REASONS: Readonly<Record<UnmergedReason, string>> = {
  'nothing-to-fill': 'the row has it all',
  'different-pick': 'the row has picked another image',
  'different-images': "the picked image is not in the row's group",
  'no-prediction': 'nothing is staged for it',
};

/**
 * Describes a merge that was done or planned: counts and examples, as lines and a table of at most
 * `columns` characters.
 */
export function describeMerge(
  results: readonly MergeResult[],
  purpose: 'merge' | 'undo',
  columns: number,
): string {
  const reported = results.filter((result) => 'report' in result);
  const { shown, more } = limitItems(reported, { what: 'project' });
  const rows = shown.map(({ project, report }) => {
    const { added, filled, compared, left, refused } = toCounts(report);
    return [project, added, filled, compared, left, refused];
  });
  const head = ['project', 'add', 'fill', 'compare', 'leave', 'not allowed'];
  return [
    ...(rows.length === 0 ? [] : [formatTable(head, rows, { columns }), ...more]),
    ...shown.flatMap(({ project, report }) =>
      toExamples(report).map((line) => `${project}: ${line}`),
    ),
    ...limitLines(
      results.flatMap((result) => {
        const remedy = suggestRemedy(result);
        return remedy === null ? [] : [`${result.project}: ${remedy}`];
      }),
      { what: 'remedy' },
    ),
    ...limitLines(results.flatMap(describeEnd), {
      what: 'project',
      isUrgent: (line) => line.startsWith('error: '),
    }),
    describeNext(results, purpose),
  ].join('\n');
}

function toExamples({ added, filled, compared, left, refused }: MergeReport): string[] {
  return [
    ...listExamples(
      'add',
      added,
      ({ groupId, images }) => `${groupId} (${counted(images.length, 'image')})`,
    ),
    ...listExamples('fill', filled, ({ groupId, stagedGroupId, columns }) => {
      const from = groupId === stagedGroupId ? '' : `, staged as ${stagedGroupId}`;
      return `${groupId} (${columns.join(', ')}${from})`;
    }),
    ...listExamples(
      'compare',
      compared,
      ({ groupId, column, match }) => `${groupId} (${column} = ${Number(match)})`,
    ),
    ...listExamples('leave', left, ({ groupId, reason }) => `${groupId} (${LEFT_REASONS[reason]})`),
    ...listExamples('not allowed', refused, ({ groupId, message }) => `${groupId} (${message})`),
  ];
}

function describeEnd(result: MergeResult): string[] {
  const { project, target } = result;
  if (result.state === 'failed') return [`error: ${project}: ${result.message}`];
  if (result.state === 'undone') {
    const { onlyRowsBecause } = result;
    const how =
      onlyRowsBecause === null ? 'byte for byte' : `row by row, because ${onlyRowsBecause}`;
    return [`${project}: ${target} is again as it was before the merge, ${how}`];
  }
  if (result.state === 'planned') return [];
  return [
    result.backup === null
      ? `${project}: nothing to change, nothing was written`
      : `${project}: merged; ${target} as it was is ${result.backup}`,
  ];
}

function describeNext(results: readonly MergeResult[], purpose: 'merge' | 'undo'): string {
  if (results.length === 0) {
    return purpose === 'undo'
      ? 'there is no merge to take back'
      : 'nothing is staged beside a database of yours';
  }
  const planned = results.filter((result) => result.state === 'planned');
  if (planned.length > 0) {
    return planned.some((result) => 'report' in result && hasChanges(result.report))
      ? 'nothing was written; ‹apply› does it, after a backup'
      : 'there is nothing to change';
  }
  const merged = results.some((result) => result.state === 'merged' && result.backup !== null);
  return merged ? `\`cullstream merge ‹undo›\` takes it back` : 'done';
}
