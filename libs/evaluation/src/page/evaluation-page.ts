import { describeEmbedding } from '@cullstream/contracts';
import type { ComparedVersion } from '@cullstream/report';
import {
  nothing,
  toDocument,
  toFixed,
  toPercent,
  type Piece,
  type FindPicture,
} from '@cullstream/report/page';
import { html } from 'hono/html';
import type { Evaluation, VersionEvaluation } from '../evaluation.js';
import { cropRules } from '../measures/measure-crops.js';
import type { Measured } from '../measures/intervals.js';
import type { Measures } from '../measures/measure.js';
import { pickRules } from '../rules/pick-rules.js';
import { plotByProject, plotCalibration, plotOverlaps, plotTrend } from './plots.js';
import { toDisagreementSections } from './disagreement-sections.js';

const style = `
.ideal { stroke: var(--soft); stroke-dasharray: 4 4; }
.rule-a, .key .rule-a { fill: #c2571a; background: #c2571a; } .rule-b, .key .rule-b { fill: #7a5cc7; background: #7a5cc7; }
.rule-c, .key .rule-c { fill: #2a8f6d; background: #2a8f6d; } .rule-d, .key .rule-d { fill: #8b8f98; background: #8b8f98; }
.key span { display: inline-block; width: .5rem; height: .9rem; margin: 0 .35rem 0 1rem; vertical-align: middle; }
.key .dot { background: var(--mark); border-radius: 50%; width: .7rem; height: .7rem; }
.verdict { font-size: 1.1rem; } .verdict.better { color: var(--ok); } .verdict.worse { color: var(--bad); }
.groups { display: grid; gap: 1rem; } .group { border-top: 1px solid var(--line); padding-top: .75rem; }
.group h4 { margin: 0 0 .5rem; font-size: .95rem; }
`;

/** All measures as one HTML page that needs no network and no scripts. */
export function toEvaluationPage(
  evaluation: Evaluation,
  findPicture: FindPicture,
): Promise<string> {
  const { versions, trainedOn, withoutTruth } = evaluation;
  return toDocument({
    title: 'Cullstream: how good are the models?',
    style,
    content: html`<h1>How good are the models?</h1>
      <p class="soft">
        Each version of the predictions, against what the person chose and cropped, beside rules
        that cost nothing. Lines over dots are 95 % intervals.
      </p>
      ${listNames('Trained on, and therefore no evidence', trainedOn)}
      ${listNames('Nothing is known of what the person chose in', withoutTruth)}
      ${versions.map((version) => toVersionSection(version, findPicture))}`,
  });
}

function listNames(title: string, names: readonly string[]): Piece {
  return names.length === 0 ? nothing : html`<p class="part">${title}: ${names.join(', ')}</p>`;
}

function toVersionSection(version: VersionEvaluation, findPicture: FindPicture): Piece {
  const { untrained, projects, notCompleted, trainedOn, worst } = version;
  const { picks, crops } = untrained;
  const byProject = projects.map(({ project, picks: each, isTrainedOn }) => ({
    project: isTrainedOn ? `${project} (trained on)` : project,
    share: each.accuracy,
    rules: pickRules.map((rule) => ({ rule, value: each.rules[rule].value })),
  }));
  const trend = projects.flatMap(({ project, lastChoiceAt, picks: each }) =>
    lastChoiceAt === null ? [] : [{ project, time: lastChoiceAt, share: each.accuracy }],
  );
  return html`<section>
    <h2>Version ${version.version}</h2>
    <p class="soft">${describe(version)}</p>
    ${[picks.verdict, crops.verdict, untrained.singles.crops.verdict].map((verdict) =>
      verdict === null
        ? nothing
        : html`<p class="verdict ${verdict.kind.replace(' ', '-')}">${verdict.sentence}</p>`,
    )}
    ${listNames('Trained on, as the descriptions of its models say: no evidence', trainedOn)}
    ${listNames('Never completed', notCompleted)} ${toTable(version)}
    <h3>Right picks by project</h3>
    <p class="key">
      version <span class="dot"></span>${pickRules.map(
        (rule, index) => html`<span class="rule-${'abcd'.charAt(index)}"></span>${rule}`,
      )}
    </p>
    ${plotByProject(byProject)}
    <h3>Does the confidence mean what it says?</h3>
    ${plotCalibration(picks.calibration)}
    <h3>How much do the crops overlap the person's?</h3>
    ${plotOverlaps(crops.iouHistogram)}
    ${
      trend.length < 2
        ? nothing
        : html`<h3>Over time</h3>
            ${plotTrend(trend)}`
    }
    ${toDisagreementSections(worst, findPicture)}
  </section>`;
}

function describe({ embedder, ranker, crop_proposer: crop }: ComparedVersion): string {
  return [describeEmbedding(embedder), ranker.file, crop.file].join(', ');
}

/** A row for each project and for all, first the version, then the best of each kind of rule. */
function toTable({ projects, total, untrained }: VersionEvaluation): Piece {
  const rows: (readonly [string, Measures])[] = [
    ...projects.map((each) => [each.project, each] as const),
    ['all', total],
    ...(untrained === total ? [] : [['all but trained on', untrained] as const]),
  ];
  const heads = [
    ...['project', 'picks judged', 'right picks', ...pickRules],
    ...['crops judged', 'within 5 %', 'IoU', ...cropRules.map((rule) => `IoU, ${rule}`)],
    ...['no crop was right', 'rejected', 'not known'],
  ];
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, measures]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${toCells(measures)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function toCells({ picks, crops, approved, counts }: Measures): Piece[] {
  const cells = [
    String(picks.groups),
    withInterval(picks.accuracy, toPercent),
    ...pickRules.map((rule) => toPercent(picks.rules[rule].value)),
    String(crops.groups),
    withInterval(crops.within5Percent, toPercent),
    withInterval(crops.iou, toFixed),
    ...cropRules.map((rule) => toFixed(crops.rules[rule]?.iou.value ?? null)),
    toPercent(approved.value),
    String(counts.rejected),
    String(counts.unknown + counts.undecided),
  ];
  return cells.map((cell) => html`<td>${cell}</td>`);
}

function withInterval(
  { value, interval }: Measured,
  toText: (value: number | null) => string,
): string {
  if (interval === null) return toText(value);
  return `${toText(value)} (${toText(interval[0])} to ${toText(interval[1])})`;
}
