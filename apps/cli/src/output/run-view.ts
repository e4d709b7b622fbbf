import { counted, formatCount, type RunStatus } from '@cullstream/contracts';
import { formatSeconds } from '@cullstream/report';
import stringWidth from 'string-width';
import type { OpenedRun, RunView } from '@cullstream/runs';
import { MOST_LINES } from './limit-items.js';
import { createLiveLines } from './live-lines.js';
import type { Terminal } from './terminal.js';
import { fitColumns, wrapText } from './wrap-text.js';

type Projects = RunStatus['projects'];

const isFinished = (state: Projects[number]['state']) => state !== 'waiting' && state !== 'running';

const finishedIn = ({ counts }: Pick<Projects[number], 'counts'>) =>
  counts.embedded + counts.cached + counts.failed;

/** Images of all projects, of those that the message leaves out too. */
function addUp({ projects, others }: RunStatus) {
  const all = others === undefined ? projects : [...projects, others];
  return {
    done: all.reduce((sum, part) => sum + finishedIn(part), 0),
    of: all.reduce((sum, { images }) => sum + images, 0),
    failed: all.reduce((sum, { counts }) => sum + counts.failed, 0),
  };
}

/** `1,234 of 5,000 images, 27.1/s, about 3 min 5 s left (embedder is the bottleneck)` */
export function describeStatus(status: RunStatus): string {
  const parts = [describeCounts(status)];
  // While nothing is known of how fast it goes now, as after a pause, nobody knows how long it takes.
  if (status.state !== 'paused' && status.imagesPerSecond > 0) {
    parts.push(describeRate(status.imagesPerSecond));
    const eta = describeEta(status);
    if (eta !== undefined) parts.push(eta);
  }
  if (status.bottleneck !== null) parts.push(`waiting for the ${status.bottleneck}`);
  return `${status.state === 'paused' ? 'paused: ' : ''}${parts.join(', ')}`;
}

/** `1,234 of 5,000 images, 2 failed` */
export function describeCounts(status: RunStatus): string {
  const { done, of, failed } = addUp(status);
  const counts = `${formatCount(done)} of ${counted(of, 'image')}`;
  return failed > 0 ? `${counts}, ${formatCount(failed)} failed` : counts;
}

/** `27.1/s`, or of a slow model `2.4/min` */
function describeRate(perSecond: number): string {
  return perSecond < LEAST_PER_SECOND
    ? `${(perSecond * 60).toFixed(1)}/min`
    : `${perSecond.toFixed(1)}/s`;
}

const LEAST_PER_SECOND = 0.1;

function describeEta({ eta, state }: RunStatus): string | undefined {
  if (eta === null || state === 'completed') return undefined;
  const { seconds, low, high } = eta;
  return `about ${formatSeconds(seconds)} left (${formatSeconds(low)} to ${formatSeconds(high)})`;
}

function describeOpening({ record, resumed }: OpenedRun): string {
  const images = record.projects.reduce((sum, { project }) => sum + project.images, 0);
  const projects = `${counted(record.projects.length, 'project')}, ${counted(images, 'image')}`;
  const rejected = record.rejected.length;
  const more = rejected === 0 ? '' : `, and ${counted(rejected, 'source')} that cannot be used`;
  const { run, replay } = record;
  const what = replay === undefined ? `run ${run}` : `replay ${run} from ${replay.from}`;
  return `${resumed ? 'resuming' : 'starting'} ${what}: ${projects}${more}`;
}

/** Lines: one when a project ends, one every ten seconds. For pipes and logs. */
function createPlainView(terminal: Terminal): RunView {
  const tell = createProjectLines();
  let lastLineMs = -Infinity;
  let state: RunStatus['state'] | undefined;
  return {
    opened: (run) => terminal.note(describeOpening(run)),
    status(status) {
      for (const line of tell(status)) terminal.note(line);
      const isStillPaused = status.state === 'paused' && state === 'paused';
      state = status.state;
      if (isStillPaused || performance.now() - lastLineMs < 10_000) return;
      lastLineMs = performance.now();
      terminal.note(describeStatus(status));
    },
    close: () => undefined,
  };
}

/**
 * A line for each project that has ended since the last look. Of very many only the first, and of those
 * that went wrong as many again: the summary has them all.
 */
function createProjectLines(): (status: RunStatus) => string[] {
  const told = new Set<string>();
  const left = { well: MOST_LINES, badly: MOST_LINES };
  return ({ projects }) =>
    projects
      .filter(({ name, state }) => isFinished(state) && !told.has(name))
      .flatMap((project) => {
        told.add(project.name);
        const how = project.state === 'success' ? 'well' : 'badly';
        left[how] -= 1;
        if (left[how] < 0) return [];
        const line =
          `${project.name}: ${project.state}, ${counted(finishedIn(project), 'image')}, ` +
          `${formatCount(project.counts.decidedGroups)} of ${counted(project.groups, 'group')} decided`;
        return left[how] > 0 ? [line] : [line, END_OF_LINES[how]];
      });
}

const END_OF_LINES = {
  well: 'further projects that succeed are counted, and listed in the summary',
  badly: 'further projects with failures are counted, and listed in the summary',
} as const;

const NAME_COLUMNS = 20;
const BAR_COLUMNS = 20;

/** `aurora               █████░░░░░  50 % 300 images, 2 failed` */
function drawBar(name: string, done: number, of: number, note: string): string {
  const share = of === 0 ? 1 : Math.min(1, done / of);
  const full = Math.floor(share * BAR_COLUMNS);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_COLUMNS - full);
  const short = fitColumns(name, NAME_COLUMNS);
  const padding = ' '.repeat(Math.max(0, NAME_COLUMNS - stringWidth(short)));
  return `${short}${padding} ${bar} ${`${Math.floor(share * 100)}`.padStart(3)} % ${note}`.trimEnd();
}

/**
 * Bars: one for the run, with all that is known of it below, and one for each project at work. A
 * project that has ended leaves its line above them. For a person at a terminal.
 */
function createBarView(terminal: Terminal): RunView {
  const live = createLiveLines(terminal.progress);
  const tell = createProjectLines();
  return {
    opened(run) {
      terminal.note(describeOpening(run));
      terminal.divertNotes((line) => live.above(line));
    },
    status(status) {
      for (const line of tell(status)) terminal.note(line);
      const { done, of } = addUp(status);
      live.show((columns) => [
        drawBar('all', done, of, ''),
        ...wrapText(`  ${describeStatus(status)}`, columns),
        ...status.projects
          .filter(({ state }) => state === 'running')
          .map((project) => {
            const failed = project.counts.failed > 0 ? `, ${project.counts.failed} failed` : '';
            const note = `${counted(project.images, 'image')}${failed}`;
            return drawBar(project.name, finishedIn(project), project.images, note);
          }),
      ]);
    },
    close() {
      terminal.divertNotes(undefined);
      live.close();
    },
  };
}

/** What suits the terminal: bars for a person, plain lines elsewhere. */
export function openView(terminal: Terminal): RunView {
  return terminal.isInteractive ? createBarView(terminal) : createPlainView(terminal);
}
