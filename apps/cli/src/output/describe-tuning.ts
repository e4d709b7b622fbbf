import { describeProfile, toMedian, type Trial } from '@cullstream/embedding';
import type { TunedMachine } from '@cullstream/runs';
import { formatTable } from './format-table.js';

const MB = 1e6;

/** What was measured of a machine, as people read it. */
export function describeTuning({
  tuned: { trials, chosen, why },
  storedIn,
  capBytes: cap,
}: TunedMachine): string {
  const table = formatTable(
    ['workers', 'threads', 'batch', 'decodes', 'images/s', 'least – most', 'rounds', 'MB'],
    trials.map((trial) => toRow(trial)),
  );
  const verdict =
    chosen === undefined
      ? `${why}, ${(cap / MB).toFixed(0)} MB: give more with ‹memoryCap›; nothing was kept`
      : `chosen: ${describeProfile(chosen.profile)}: ${why}\nkept in ${storedIn ?? ''}`;
  return `${table}\n${verdict}`;
}

function toRow({ profile, imagesPerSecond, peakBytes }: Trial) {
  const { workers, threads, batch, decodes } = profile;
  const [least, most] = [Math.min(...imagesPerSecond), Math.max(...imagesPerSecond)];
  return [
    ...[workers, threads, batch, decodes],
    toMedian(imagesPerSecond).toFixed(1),
    `${least.toFixed(1)} – ${most.toFixed(1)}`,
    imagesPerSecond.length,
    Math.round(peakBytes / MB),
  ];
}
