import { describeFeatures } from '@cullstream/contracts';
import type { Distribution } from '../diff/distribution.js';
import type { Agreement, DiffMeasures, VersionDiff } from '../diff/version-diff.js';
import { formatTable } from './format-table.js';
import { limitItems } from './limit-items.js';

const GROUPS_PRINTED = 10;

/**
 * The comparison of two versions as text.
 * @param columns highest width of a table in characters
 */
export function formatDiff(diff: VersionDiff, columns: number): string {
  const { a, b, projects, total, notCompared, groups } = diff;
  const { shown, more } = limitItems(projects, {
    what: 'project',
    isUrgent: ({ winnersChanged }) => winnersChanged > 0,
  });
  const measured = [...shown.map((each) => [each.project, each] as const), ['all', total] as const];
  const left = limitItems(notCompared, { what: 'project' });
  const head = [
    'project',
    'groups',
    'winner changed',
    'confidence shift',
    'crop IoU',
    'centre shift',
  ];
  const userHead = [
    'project',
    'user’s groups',
    'pick, A to B',
    'crop in 5 %, A to B',
    'mean IoU, A to B',
  ];
  const withUser = measured.filter(([, { userGroups }]) => userGroups > 0);
  return [
    `A ${a.version}: ${describeModels(a)}`,
    `B ${b.version}: ${describeModels(b)}`,
    formatTable(
      head,
      measured.map(([name, each]) => [name, ...changes(each)]),
      { columns },
    ),
    ...more,
    'medians, in brackets the range of nine in ten; shift is B minus A',
    ...(withUser.length === 0
      ? ['no database has the user’s choices: no agreement to compare']
      : [
          formatTable(
            userHead,
            withUser.map(([name, each]) => [name, ...agreements(each)]),
            { columns },
          ),
        ]),
    ...(notCompared.length === 0
      ? []
      : [
          `not compared, for one version never completed them: ${[...left.shown, ...left.more].join(', ')}`,
        ]),
    ...(groups.length === 0
      ? ['the versions decide every group alike']
      : ['most different groups:']),
    ...groups
      .slice(0, GROUPS_PRINTED)
      .map(
        ({ project, groupId, a: before, b: after, difference }) =>
          `  ${project} ${groupId}: image ${before?.selectedIndex ?? '-'} to ${after?.selectedIndex ?? '-'}, ` +
          `difference ${difference.toFixed(2)}`,
      ),
  ].join('\n');
}

export function describeModels({ ranker, crop_proposer: crop }: VersionDiff['a']): string {
  return [ranker, crop]
    .map((model) => `${model.file} (${describeFeatures(model.features)})`)
    .join(', ');
}

function changes(measured: DiffMeasures): string[] {
  const { comparedGroups, winnersChanged, winnersChangedShare } = measured;
  return [
    String(comparedGroups),
    `${winnersChanged} (${percent(winnersChangedShare)})`,
    spread(measured.confidenceShift),
    spread(measured.cropIou),
    spread(measured.cropCentreShift),
  ];
}

function agreements({ userGroups, agreement: { a, b } }: DiffMeasures): string[] {
  const fromTo = (key: keyof Agreement) => `${percent(a[key])} to ${percent(b[key])}`;
  return [
    String(userGroups),
    fromTo('selectionAccuracy'),
    fromTo('cropWithin5Percent'),
    fromTo('meanCropIou'),
  ];
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(share * 100).toFixed(1)} %`;
}

function spread(values: Distribution | null): string {
  if (values === null) return '-';
  return `${values.median.toFixed(3)} (${values.p5.toFixed(3)} to ${values.p95.toFixed(3)})`;
}
