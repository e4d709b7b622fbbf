import type { CropBox } from '@cullstream/domain';
import {
  nothing,
  toFixed,
  toPercent,
  toPicture,
  type Piece,
  type FindPicture,
} from '@cullstream/report/page';
import { html } from 'hono/html';
import type { Disagreement, Disagreements } from '../measures/disagreements.js';

/** Most disagreements of each kind, so that the page stays small. */
const DISAGREEMENTS_SHOWN = 12;

/** Sections with the groups in which version and person disagree most, with both boxes. */
export function toDisagreementSections(
  { picks, crops }: Disagreements,
  findPicture: FindPicture,
): Piece {
  return html`${list('Other picks, the surest first', picks, (group) => [
    toFigure(group, group.picked, [[group.pickedCrop, 'version']], {
      name: `picked, ${toPercent(group.confidence)} sure`,
      findPicture,
    }),
    toFigure(group, group.chosen, [[group.chosenCrop, 'person']], { name: 'chosen', findPicture }),
  ])}
  ${list('Crops that differ most', crops, (group) => [
    toFigure(
      group,
      group.chosen,
      [
        [group.proposal, 'version'],
        [group.chosenCrop, 'person'],
      ],
      { name: `IoU ${toFixed(group.iou)}: yellow proposed, green the person's`, findPicture },
    ),
  ])}`;
}

function list(
  title: string,
  groups: readonly Disagreement[],
  toFigures: (group: Disagreement) => readonly Piece[],
): Piece {
  if (groups.length === 0) return nothing;
  return html`<h3>${title}</h3>
    <div class="groups">
      ${groups.slice(0, DISAGREEMENTS_SHOWN).map(
        (group) =>
          html`<div class="group">
            <h4>${group.project}: ${group.groupId}</h4>
            <div class="pair">${toFigures(group)}</div>
          </div>`,
      )}
    </div>`;
}

function toFigure(
  group: Disagreement,
  position: number,
  boxes: readonly (readonly [CropBox | null, 'version' | 'person'])[],
  { name, findPicture }: { readonly name: string; readonly findPicture: FindPicture },
): Piece {
  const image = group.images[position] ?? '';
  const uri = findPicture(group, position);
  return html`<figure>
    ${uri === undefined ? nothing : toPicture(uri, image, boxes)}
    <figcaption>${name}: ${image}</figcaption>
  </figure>`;
}

/** The images that the page shows, by project. */
export function toShownImages({ picks, crops }: Disagreements): Map<string, ShownImage[]> {
  const shown = new Map<string, ShownImage[]>();
  const groups = [...picks.slice(0, DISAGREEMENTS_SHOWN), ...crops.slice(0, DISAGREEMENTS_SHOWN)];
  for (const { project, groupId, picked, chosen } of groups) {
    const images = shown.get(project) ?? [];
    shown.set(project, images);
    images.push({ groupId, position: picked }, { groupId, position: chosen });
  }
  return shown;
}

interface ShownImage {
  readonly groupId: string;
  readonly position: number;
}
