import type { RunStatus } from '@cullstream/contracts';
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { OpenedRun } from '../run/open-run.js';
import type { RunView } from '../run/execute-run.js';
import { formatCount, formatSeconds } from './format.js';
import type { Terminal } from './terminal.js';

type Projects = RunStatus['projects'];

const isFinished = (state: Projects[number]['state']) => state !== 'waiting' && state !== 'running';

const finishedIn = ({ counts }: Projects[number]) =>
  counts.embedded + counts.cached + counts.failed;

/** `1,234 of 5,000 images, 27.1/s, about 3 min 5 s left (embedder is the bottleneck)` */
export function describeStatus(status: RunStatus): string {
  const done = status.projects.reduce((sum, project) => sum + finishedIn(project), 0);
  const of = status.projects.reduce((sum, project) => sum + project.images, 0);
  const failed = status.projects.reduce((sum, { counts }) => sum + counts.failed, 0);
  const parts = [`${formatCount(done)} of ${formatCount(of)} images`];
  if (failed > 0) parts.push(`${formatCount(failed)} failed`);
  parts.push(`${status.imagesPerSecond.toFixed(1)}/s`);
  const eta = describeEta(status);
  if (eta !== undefined) parts.push(eta);
  if (status.bottleneck !== null) parts.push(`waiting for the ${status.bottleneck}`);
  return `${status.state === 'paused' ? 'paused: ' : ''}${parts.join(', ')}`;
}

function describeEta({ eta, state }: RunStatus): string | undefined {
  if (eta === null || state === 'completed') return undefined;
  const { seconds, low, high } = eta;
  return `about ${formatSeconds(seconds)} left (${formatSeconds(low)} to ${formatSeconds(high)})`;
}

function describeOpening({ record, resumed }: OpenedRun): string {
  const images = record.projects.reduce((sum, { project }) => sum + project.images, 0);
  const projects = `${formatCount(record.projects.length)} projects, ${formatCount(images)} images`;
  return `${resumed ? 'resuming' : 'starting'} run ${record.run}: ${projects}`;
}

/** Lines: one when a project ends, one every ten seconds. For pipes and logs. */
export function createPlainView(terminal: Terminal): RunView {
  const told = new Set<string>();
  let lastLineMs = -Infinity;
  let state: RunStatus['state'] | undefined;
  return {
    opened: (run) => terminal.note(describeOpening(run)),
    status(status) {
      for (const project of status.projects) {
        if (!isFinished(project.state) || told.has(project.name)) continue;
        told.add(project.name);
        terminal.note(
          `${project.name}: ${project.state}, ${formatCount(finishedIn(project))} images, ` +
            `${formatCount(project.counts.decidedGroups)} of ${formatCount(project.groups)} groups decided`,
        );
      }
      const isStillPaused = status.state === 'paused' && state === 'paused';
      state = status.state;
      if (isStillPaused || performance.now() - lastLineMs < 10_000) return;
      lastLineMs = performance.now();
      terminal.note(describeStatus(status));
    },
    close: () => undefined,
  };
}

/** Bars: one for the run, one for each project at work. For a person at a terminal. */
export function createBarView(terminal: Terminal): RunView {
  const bars = new MultiBar(
    {
      format: '{name} {bar} {percentage}% {note}',
      hideCursor: true,
      clearOnComplete: true,
      barsize: 30,
      stopOnComplete: false,
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  const byName = new Map<string, SingleBar>();
  const show = (name: string, done: number, of: number, note: string) => {
    const bar =
      byName.get(name) ?? bars.create(of, 0, { name: name.padEnd(20).slice(0, 20), note });
    byName.set(name, bar);
    bar.setTotal(of);
    bar.update(done, { note });
  };
  return {
    opened(run) {
      terminal.note(describeOpening(run));
      terminal.divertNotes((line) => bars.log(`${line}\n`));
    },
    status(status) {
      const done = status.projects.reduce((sum, project) => sum + finishedIn(project), 0);
      const of = status.projects.reduce((sum, project) => sum + project.images, 0);
      show('all', done, of, describeStatus(status));
      for (const project of status.projects) {
        const bar = byName.get(project.name);
        if (project.state === 'running') {
          const failed = project.counts.failed > 0 ? `, ${project.counts.failed} failed` : '';
          show(
            project.name,
            finishedIn(project),
            project.images,
            `${project.images} images${failed}`,
          );
        } else if (bar !== undefined) {
          bars.remove(bar);
          byName.delete(project.name);
        }
      }
    },
    close() {
      terminal.divertNotes(undefined);
      bars.stop();
    },
  };
}
