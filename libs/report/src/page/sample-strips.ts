import { html } from 'hono/html';
import { nothing, toPercent, toPicture, type Piece } from './page-parts.js';
import type { ReportDetails } from './report-details.js';

/** A few decisions of each project as pictures with their crops. Empty if there are no pictures. */
export function toSampleStrips({
  samples = [],
  findPicture = () => undefined,
}: ReportDetails): Piece {
  const strips = new Map<string, Piece[]>();
  for (const { project, groupId, position, image, of, confidence, crop } of samples) {
    const uri = findPicture({ project, groupId }, position);
    if (uri === undefined) continue;
    const figure = html`<figure>
      ${toPicture(uri, image, [[crop, 'version']])}
      <figcaption>
        ${image}, ${position + 1} of ${of}, ${toPercent(confidence)}
        sure${crop === null ? ', no crop' : ''}
      </figcaption>
    </figure>`;
    const strip = strips.get(project);
    if (strip === undefined) strips.set(project, [figure]);
    else strip.push(figure);
  }
  if (strips.size === 0) return nothing;
  return html`<h2>Some decisions</h2>
    ${[...strips].map(
      ([project, figures]) =>
        html`<h3>${project}</h3>
          <div class="strip">${figures}</div>`,
    )}`;
}
