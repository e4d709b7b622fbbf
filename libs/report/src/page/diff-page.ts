import { html } from 'hono/html';
import type { CropBox } from '@cullstream/domain';
import type { Distribution } from '../diff/distribution.js';
import type { DiffMeasures, GroupDifference, VersionDiff } from '../diff/version-diff.js';
import { nothing, toDocument, toPercent, toPicture, toTable, type Piece } from './page-parts.js';

const style = `
section.group { border-top: 1px solid var(--line); padding: 1rem 0; } section.group h3 { margin: 0 0 .5rem; }
`;

/** Returns the picture of an image as a data URI, or undefined if there is none. */
export type FindPicture = (
  group: Pick<GroupDifference, 'project' | 'groupId'>,
  position: number,
) => string | undefined;

/** The comparison of two versions as one HTML page that needs no network and has no scripts. */
export function toDiffPage(diff: VersionDiff, findPicture: FindPicture): Promise<string> {
  const { a, b, projects, total, groups, notCompared } = diff;
  const rows = [...projects.map((each) => [each.project, each] as const), ['all', total] as const];
  return toDocument({
    title: `Cullstream ${a.version} and ${b.version}`,
    style,
    content: html`<h1>Version ${b.version} against ${a.version}</h1>
      <p class="soft">A: ${describe(a)}<br />B: ${describe(b)}</p>
      ${
        notCompared.length === 0
          ? nothing
          : html`<p class="part">
              Not compared, for one version never completed them: ${notCompared.join(', ')}
            </p>`
      }
      ${toTable(
        [{ head: 'project' }, ...measures.map(({ name }) => ({ head: name }))],
        rows.map(([name, measured]) => [name, ...measures.map(({ of }) => of(measured))]),
      )}
      <h2>Groups that changed most</h2>
      ${
        groups.length === 0
          ? html`<p>The versions decide every group alike.</p>`
          : groups.map((group) => toSection(group, findPicture))
      }`,
  });
}

function describe({ ranker, crop_proposer: crop }: VersionDiff['a']): Piece {
  return html`${ranker.file}, ${crop.file}, <code>${JSON.stringify(ranker.features)}</code>`;
}

const measures: readonly { name: string; of: (measured: DiffMeasures) => string }[] = [
  { name: 'groups', of: ({ comparedGroups }) => String(comparedGroups) },
  {
    name: 'winner changed',
    of: ({ winnersChanged, winnersChangedShare }) =>
      `${winnersChanged} (${toPercent(winnersChangedShare)})`,
  },
  { name: 'confidence shift', of: ({ confidenceShift }) => spread(confidenceShift) },
  { name: 'crop IoU', of: ({ cropIou }) => spread(cropIou) },
  { name: 'centre shift', of: ({ cropCentreShift }) => spread(cropCentreShift) },
  { name: 'user’s groups', of: ({ userGroups }) => String(userGroups) },
  { name: 'pick as the user, A → B', of: (measured) => fromTo(measured, 'selectionAccuracy') },
  { name: 'crop within 5 %, A → B', of: (measured) => fromTo(measured, 'cropWithin5Percent') },
  { name: 'mean IoU with the user, A → B', of: (measured) => fromTo(measured, 'meanCropIou') },
];

function fromTo({ agreement }: DiffMeasures, key: keyof DiffMeasures['agreement']['a']): string {
  const { a, b } = agreement;
  return a[key] === null && b[key] === null ? '–' : `${toPercent(a[key])} → ${toPercent(b[key])}`;
}

function spread(values: Distribution | null): string {
  if (values === null) return '–';
  const { median, p5, p95 } = values;
  return `${median.toFixed(3)} (${p5.toFixed(3)} to ${p95.toFixed(3)})`;
}

function toSection(group: GroupDifference, findPicture: FindPicture): Piece {
  const { project, groupId, a, b, user } = group;
  return html`<section class="group">
    <h3>${project}: ${groupId}</h3>
    <div class="pair">
      ${toFigure('A', group, a, a?.confidence, findPicture)}
      ${toFigure('B', group, b, b?.confidence, findPicture)}
      ${user === null ? nothing : toFigure('user', group, user, undefined, findPicture)}
    </div>
  </section>`;
}

function toFigure(
  name: string,
  group: GroupDifference,
  choice: { readonly selectedIndex: number; readonly crop: CropBox | null } | null,
  confidence: number | undefined,
  findPicture: FindPicture,
): Piece {
  if (choice === null) {
    return html`<figure><figcaption>${name}: no image could be read</figcaption></figure>`;
  }
  const { selectedIndex, crop } = choice;
  const image = group.images[selectedIndex] ?? '';
  const uri = findPicture(group, selectedIndex);
  const who = name === 'user' ? 'person' : 'version';
  const sure = confidence === undefined ? '' : `, ${toPercent(confidence)} sure`;
  const cropped =
    crop === null ? ', no crop' : `, crop ${crop.map((side) => side.toFixed(2)).join(' ')}`;
  return html`<figure>
    ${uri === undefined ? nothing : toPicture(uri, image, [[crop, who]])}
    <figcaption>${name}: ${image}${sure}${cropped}</figcaption>
  </figure>`;
}
