import { escapeHtml } from '../escape-html.js';
import { pageStyle } from '../page-style.js';
import type { CropBox } from '@cullstream/domain';
import type { Distribution } from './distribution.js';
import type { DiffMeasures, GroupDifference, VersionDiff } from './version-diff.js';

const style = `${pageStyle}
section.group { border-top: 1px solid var(--line); padding: 1rem 0; } section.group h3 { font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1rem; }
figure { margin: 0; } figcaption { font-size: .85rem; color: var(--soft); overflow-wrap: anywhere; }
.picture { position: relative; display: inline-block; line-height: 0; } .picture img { max-width: 100%; height: auto; }
.box { position: absolute; outline: 2px solid #ffcf33; box-shadow: 0 0 0 1px #000; }
`;

/** The picture of an image as a data URI, or undefined where there is none. */
export type PictureOf = (
  group: Pick<GroupDifference, 'project' | 'groupId'>,
  position: number,
) => string | undefined;

/** The difference of two versions as one HTML page that needs no network: every text is escaped. */
export function toDiffPage(diff: VersionDiff, pictureOf: PictureOf): string {
  const { a, b, projects, total, groups, notCompared } = diff;
  const columns = [
    ...projects.map((each) => [each.project, each] as const),
    ['all', total] as const,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cullstream ${escapeHtml(a.version)} and ${escapeHtml(b.version)}</title>
<style>${style}</style>
</head>
<body>
<h1>Version ${escapeHtml(b.version)} against ${escapeHtml(a.version)}</h1>
<p class="soft">A: ${describe(a)}<br>B: ${describe(b)}</p>
${notCompared.length === 0 ? '' : `<p class="part">Not compared, for one version never completed them: ${escapeHtml(notCompared.join(', '))}</p>`}
<div class="scroll"><table>
<thead><tr><th>project</th>${measures.map(({ name }) => `<th>${name}</th>`).join('')}</tr></thead>
<tbody>${columns.map(([name, measured]) => row(name, measured)).join('\n')}</tbody></table></div>
<h2>Groups that changed most</h2>
${groups.length === 0 ? '<p>The versions decide every group alike.</p>' : groups.map((group) => section(group, pictureOf)).join('\n')}
</body>
</html>
`;
}

function describe({ ranker, crop_proposer: crop }: VersionDiff['a']): string {
  return `${escapeHtml(ranker.file)}, ${escapeHtml(crop.file)}, <code>${escapeHtml(JSON.stringify(ranker.features))}</code>`;
}

const measures: readonly { name: string; of: (measured: DiffMeasures) => string }[] = [
  { name: 'groups', of: ({ comparedGroups }) => String(comparedGroups) },
  {
    name: 'winner changed',
    of: ({ winnersChanged, winnersChangedShare }) =>
      `${winnersChanged} (${percent(winnersChangedShare)})`,
  },
  { name: 'confidence shift', of: ({ confidenceShift }) => spread(confidenceShift) },
  { name: 'crop IoU', of: ({ cropIou }) => spread(cropIou) },
  { name: 'centre shift', of: ({ cropCentreShift }) => spread(cropCentreShift) },
  { name: 'user’s groups', of: ({ userGroups }) => String(userGroups) },
  { name: 'pick as the user, A → B', of: (measured) => fromTo(measured, 'selectionAccuracy') },
  { name: 'crop within 5 %, A → B', of: (measured) => fromTo(measured, 'cropWithin5Percent') },
  { name: 'mean IoU with the user, A → B', of: (measured) => fromTo(measured, 'meanCropIou') },
];

function row(name: string, measured: DiffMeasures): string {
  const cells = measures.map(({ of }) => `<td>${of(measured)}</td>`).join('');
  return `<tr><td>${escapeHtml(name)}</td>${cells}</tr>`;
}

function fromTo({ agreement }: DiffMeasures, key: keyof DiffMeasures['agreement']['a']): string {
  const { a, b } = agreement;
  return a[key] === null && b[key] === null ? '–' : `${percent(a[key])} → ${percent(b[key])}`;
}

function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}

function spread(values: Distribution | null): string {
  if (values === null) return '–';
  const { median, p5, p95 } = values;
  return `${median.toFixed(3)} (${p5.toFixed(3)} to ${p95.toFixed(3)})`;
}

function section(group: GroupDifference, pictureOf: PictureOf): string {
  const { project, groupId, a, b, user } = group;
  const figures = [
    figure('A', group, a, a?.confidence, pictureOf),
    figure('B', group, b, b?.confidence, pictureOf),
    ...(user === null ? [] : [figure('user', group, user, undefined, pictureOf)]),
  ];
  return `<section class="group"><h3>${escapeHtml(project)}: ${escapeHtml(groupId)}</h3><div class="pair">${figures.join('')}</div></section>`;
}

function figure(
  name: string,
  group: GroupDifference,
  choice: { readonly selectedIndex: number; readonly crop: CropBox | null } | null,
  confidence: number | undefined,
  pictureOf: PictureOf,
): string {
  if (choice === null)
    return `<figure><figcaption>${name}: no image could be read</figcaption></figure>`;
  const { selectedIndex, crop } = choice;
  const image = group.images[selectedIndex] ?? '';
  const uri = pictureOf(group, selectedIndex);
  const picture =
    uri === undefined
      ? ''
      : `<div class="picture"><img src="${escapeHtml(uri)}" alt="${escapeHtml(image)}">${crop === null ? '' : boxOver(crop)}</div>`;
  const sure = confidence === undefined ? '' : `, ${percent(confidence)} sure`;
  const cropped =
    crop === null ? ', no crop' : `, crop ${crop.map((side) => side.toFixed(2)).join(' ')}`;
  return `<figure>${picture}<figcaption>${name}: ${escapeHtml(image)}${sure}${cropped}</figcaption></figure>`;
}

function boxOver([x1, y1, x2, y2]: CropBox): string {
  const share = (value: number) => `${(value * 100).toFixed(2)}%`;
  return `<div class="box" style="left:${share(x1)};top:${share(y1)};width:${share(x2 - x1)};height:${share(y2 - y1)}"></div>`;
}
