import { counted, formatCount, type RunStatus } from '@cullstream/contracts';
import {
  addUpImages,
  countFinished,
  describeStatus,
  fitColumns,
  MOST_LINES,
  wrapText,
} from '@cullstream/report';
import type { OpenedRun, RunView } from '@cullstream/runs';
import stringWidth from 'string-width';
import { createLiveLines } from './live-lines.js';
import type { Terminal } from './terminal.js';

type Projects = RunStatus['projects'];

const isFinished = (state: Projects[number]['state']) => state !== 'waiting' && state !== 'running';

function describeOpening({ record, resumed }: OpenedRun): string {
  const images = record.projects.reduce((sum, { project }) => sum + project.images, 0);
  const projects = `${counted(record.projects.length, 'project')}, ${counted(images, 'image')}`;
  const rejected = record.rejected.length;
  const more = rejected === 0 ? '' : `, and ${counted(rejected, 'source')} that cannot be used`;
  const { run, replay } = record;
  const what = replay === undefined ? `run ${run}` : `replay ${run} from ${replay.from}`;
  return `${resumed ? 'resuming' : 'starting'} ${what}: ${projects}${more}`;
}

/** The run that begins or goes on, after those that do not go on for it. */
function noteOpening(terminal: Terminal, opened: OpenedRun): void {
  for (const { run, because } of opened.ended ?? []) {
    terminal.note(`run ${run} is not continued (${because}); what it has stored is kept`);
  }
  terminal.note(describeOpening(opened));
}

/** Prints a line when a project ends and one every ten seconds, for pipes and logs. */
function createPlainView(terminal: Terminal): RunView {
  const tell = createProjectLines();
  let lastLineMs = -Infinity;
  let state: RunStatus['state'] | undefined;
  return {
    opened: (run) => noteOpening(terminal, run),
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
 * Returns a line for each project that has ended since the last call. If there are very many, only
 * the first ones are returned, and as many of the failed ones. The summary lists all.
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
          `${project.name}: ${project.state}, ${counted(countFinished(project), 'image')}, ` +
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
 * Draws a progress bar for the run, with its details below, and one for each active project. When a
 * project ends, a line for it stays above the bars.
 */
function createBarView(terminal: Terminal): RunView {
  const live = createLiveLines(terminal.progress);
  const tell = createProjectLines();
  return {
    opened(run) {
      noteOpening(terminal, run);
      terminal.divertNotes((line) => live.above(line));
    },
    status(status) {
      for (const line of tell(status)) terminal.note(line);
      const { done, of } = addUpImages(status);
      live.show((columns) => [
        drawBar('all', done, of, ''),
        ...wrapText(`  ${describeStatus(status)}`, columns),
        ...status.projects
          .filter(({ state }) => state === 'running')
          .map((project) => {
            const failed = project.counts.failed > 0 ? `, ${project.counts.failed} failed` : '';
            const note = `${counted(project.images, 'image')}${failed}`;
            return drawBar(project.name, countFinished(project), project.images, note);
          }),
      ]);
    },
    close() {
      terminal.divertNotes(undefined);
      live.close();
    },
  };
}

/** Opens the view for the terminal: bars if it is interactive, plain lines otherwise. */
export function openView(terminal: Terminal): RunView {
  return terminal.isInteractive ? createBarView(terminal) : createPlainView(terminal);
}
