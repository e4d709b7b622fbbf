import { counted, formatCount, type RunStatus } from '@cullstream/contracts';
import { formatSeconds } from '../format-seconds.js';

type Project = RunStatus['projects'][number];

/** Number of images of a project that have ended, including failed ones. */
export function countFinished({ counts }: Pick<Project, 'counts'>): number {
  return counts.embedded + counts.cached + counts.failed;
}

/** Adds up the images of all projects, including those that the message does not list. */
export function addUpImages({ projects, others }: RunStatus): {
  readonly done: number;
  readonly of: number;
  readonly failed: number;
} {
  const all = others === undefined ? projects : [...projects, others];
  return {
    done: all.reduce((sum, part) => sum + countFinished(part), 0),
    of: all.reduce((sum, { images }) => sum + images, 0),
    failed: all.reduce((sum, { counts }) => sum + counts.failed, 0),
  };
}

/** `1,234 of 5,000 images, 27.1/s, about 3 min 5 s left (embedder is the bottleneck)` */
export function describeStatus(status: RunStatus): string {
  const parts = [describeCounts(status)];
  // The time left is unknown until the current rate is known, for example after a pause.
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
  const { done, of, failed } = addUpImages(status);
  const counts = `${formatCount(done)} of ${counted(of, 'image')}`;
  return failed > 0 ? `${counts}, ${formatCount(failed)} failed` : counts;
}

/** `27.1/s`, or `2.4/min` for a slow model */
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
