import { counted, type RunHead, type RunRecord, type RunStatus } from '@cullstream/contracts';
import { countFinishedImages, formatSeconds, type Summary } from '@cullstream/report';
import type { RunReport } from '../core/run-report.js';
import { StallWatch } from '../core/stall-watch.js';
import type { Notification, Notify } from './notifier.js';

/** Sends notifications when a run ends, pauses by itself or stalls. */
export interface RunNotices {
  /** Checks whether a run that has not ended was paused or has stalled. */
  look(record: Pick<RunHead, 'state' | 'pausedBy'>): void;
  /** Notifies that the run has ended. Resolves when it was sent or has failed. */
  ended(summary: Summary): Promise<void>;
  /** Resolves when all notifications have been sent or have failed: the reporter may then end. */
  settled(): Promise<void>;
}

/** @param notify undefined if no address is set */
export function createRunNotices(
  { run }: RunRecord,
  report: RunReport,
  { notify, stallMinutes }: { notify: Notify | undefined; stallMinutes: number },
): RunNotices {
  const stalls = new StallWatch(stallMinutes * 60_000);
  let wasPaused = false;
  let telling = Promise.resolve();
  const tell = (
    event: Notification['event'],
    status: RunStatus,
    text: string,
    summary: Summary | null = null,
  ) => {
    if (notify === undefined) return;
    const { at } = status;
    telling = telling.then(() =>
      notify({ event, run, at, text: `run ${run} ${text}`, status, summary }),
    );
  };
  return {
    look({ state, pausedBy }) {
      const now = new Date();
      const isPaused = state === 'paused';
      if (isPaused && !wasPaused && pausedBy === 'time') {
        tell('paused', report.status('paused', now), `is paused: ${describeProgress(report)}`);
      }
      wasPaused = isPaused;
      if (isPaused) stalls.interrupt();
      else if (stalls.observe(now.getTime(), countFinished(report))) {
        const status = report.status(state, now);
        const text = `has stalled: nothing has ended for ${formatMinutes(stallMinutes)}, ${describeProgress(report)}`;
        tell('stalled', status, text);
      }
    },
    async ended(summary) {
      const { images, results } = summary;
      const text = `has ended: ${counted(results.total_projects, 'project')}, ${counted(images.total, 'image')}, ${images.failed} failed`;
      tell('ended', report.status('completed', new Date()), text, summary);
      await telling;
    },
    settled: () => telling,
  };
}

const formatMinutes = (minutes: number): string =>
  Number.isInteger(minutes) ? counted(minutes, 'minute') : formatSeconds(minutes * 60);

function describeProgress(report: RunReport): string {
  const all = report.projects.reduce((sum, { totals }) => sum + totals.images, 0);
  return `${countFinished(report)} of ${counted(all, 'image')} are done`;
}

function countFinished({ projects }: RunReport): number {
  return projects.reduce((sum, { counts }) => sum + countFinishedImages(counts), 0);
}
