import { describeModels, formatTable, limitItems } from '@cullstream/report';
import { counted } from '@cullstream/contracts';
import type { Evaluation, VersionEvaluation } from '../evaluation.js';
import type { Measured } from '../measures/intervals.js';
import { cropRules, type CropMeasures } from '../measures/measure-crops.js';
import type { PickMeasures } from '../measures/measure-picks.js';
import type { Measures } from '../measures/measure.js';
import { pickRules } from '../rules/pick-rules.js';

/** The evaluation as text and tables, at most `columns` wide. */
export function formatEvaluation(evaluation: Evaluation, columns: number): string {
  const { versions, withoutTruth, unknownTrainedOn } = evaluation;
  return [
    ...versions.flatMap((version) => formatVersion(version, columns)),
    'rule: the best of the rules that cost nothing, on the same groups; in brackets 95 % intervals',
    ...listNames('nothing is known of what you chose in', withoutTruth),
    ...listNames('no project has the name, said to be trained on:', unknownTrainedOn),
  ].join('\n');
}

function formatVersion(version: VersionEvaluation, columns: number): string[] {
  const { projects, total, untrained, notCompleted, trainedOn } = version;
  const title = `version ${version.version}: ${describeModels(version)}`;
  const missing = listNames('never completed:', notCompleted);
  if (projects.length === 0) return [title, ...missing, ''];
  const { shown, more } = limitItems(projects, { what: 'project' });
  const hasTrained = projects.some(({ isTrainedOn }) => isTrainedOn);
  const rows = shown.map((project) =>
    toRow(`${project.project}${project.isTrainedOn ? ' (trained on)' : ''}`, project),
  );
  return [
    title,
    formatTable(
      ['project', 'groups', 'picks right', 'rule', 'crops', 'IoU', 'rule'],
      [...rows, toRow('all', total), ...(hasTrained ? [toRow('not trained on', untrained)] : [])],
      { columns, spare: ['crops', 'groups'] },
    ),
    ...more,
    ...missing,
    ...listNames('trained on, as the descriptions of its models say:', trainedOn),
    ...(hasTrained ? ['what follows is of the projects that the models were not trained on'] : []),
    ...describeMeasures(untrained, columns),
    '',
  ];
}

function toRow(name: string, { picks, crops }: Measures): (string | number)[] {
  return [
    ...[name, picks.groups, percent(picks.accuracy), toPercent(bestPicks(picks))],
    ...[crops.groups, decimals(crops.iou.value), decimals(bestIou(crops))],
  ];
}

function describeMeasures(measures: Measures, columns: number): string[] {
  const { counts, picks, crops, approved, singles } = measures;
  const judged = counts.finals + counts.rows;
  return [
    `${counted(judged, 'group')} judged, ${counts.finals} by finished images, ${counts.rows} by rows; ` +
      `${counts.rejected} rejected, ${counts.unknown} not known, ${counts.undecided} not decided`,
    ...(picks.groups + crops.groups === 0 ? [] : [toRulesTable(measures, columns)]),
    ...(picks.groups === 0
      ? []
      : [
          `picks right by size of the group: ${picks.bySize
            .map(
              ({ size, groups, accuracy }) => `${size}: ${toPercent(accuracy.value)} of ${groups}`,
            )
            .join(', ')}`,
          `no crop was right in ${percent(approved)} of the groups`,
          `confidence differs from how often the picks are right by ` +
            decimals(picks.calibration.expectedCalibrationError),
        ]),
    ...(crops.aspectFallbacks === 0
      ? []
      : [
          `${counted(crops.aspectFallbacks, 'crop')} of an aspect ratio that no other project has, ` +
            'judged beside the constant box',
        ]),
    ...(singles.groups === 0
      ? []
      : [
          `${counted(singles.groups, 'single image')}: ${counted(singles.crops.groups, 'crop')}, IoU ` +
            `${interval(singles.crops.iou)}, best rule ${decimals(bestIou(singles.crops))}`,
        ]),
    ...[picks.verdict, crops.verdict, singles.crops.verdict].flatMap((verdict) =>
      verdict === null ? [] : [verdict.sentence],
    ),
    ...(picks.verdict === null && crops.verdict === null ? ['no groups to give a verdict by'] : []),
  ];
}

function toRulesTable({ picks, crops }: Measures, columns: number): string {
  const ofCrops = (near: CropMeasures | CropMeasures['rules']['no crop']) =>
    near === null
      ? ['-', '-', '-']
      : [percent(near.within5Percent), interval(near.iou), decimals(near.centreDistance.value)];
  return formatTable(
    ['', 'picks right', 'crops in 5 %', 'IoU', 'centre off'],
    [
      ['this version', percent(picks.accuracy), ...ofCrops(crops)],
      ...pickRules.map((rule) => [rule, percent(picks.rules[rule]), '-', '-', '-']),
      ...cropRules.map((rule) => [rule, '-', ...ofCrops(crops.rules[rule])]),
    ],
    { columns, spare: ['centre off', 'crops in 5 %'] },
  );
}

function bestPicks({ rules }: PickMeasures): number | null {
  return highest(pickRules.map((rule) => rules[rule].value));
}

function bestIou({ rules }: CropMeasures): number | null {
  return highest(cropRules.map((rule) => rules[rule]?.iou.value ?? null));
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** `53.6 % (41-66)` */
function percent({ value, interval: range }: Measured): string {
  if (range === null) return '-';
  const [low, high] = range.map((share) => (100 * share).toFixed(0));
  return `${toPercent(value)} (${low}-${high})`;
}

/** `0.712 (0.70-0.73)` */
function interval({ value, interval: range }: Measured): string {
  if (range === null) return '-';
  const [low, high] = range.map((each) => each.toFixed(2));
  return `${decimals(value)} (${low}-${high})`;
}

function toPercent(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)} %`;
}

function decimals(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}

function listNames(title: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const { shown, more } = limitItems(names, { what: 'project', most: 20 });
  return [`${title} ${[...shown, ...more].join(', ')}`];
}
