import { describeProfile, toMedian, type Trial } from '@cullstream/embedding';
import type { TunedMachine } from '@cullstream/runs';
import { formatTable } from './format-table.js';

const MB = 1e6;

/** Describes the measurements of the machine. */
export function describeTuning({
  tuned: { trials, chosen, why },
  devices,
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
  return [table, verdict, ...describeDevices(devices, chosen)].join('\n');
}

/** Compares every other device with the best result of the processor. */
function describeDevices(
  devices: TunedMachine['devices'],
  chosen: TunedMachine['tuned']['chosen'],
): string[] {
  const processor = chosen === undefined ? undefined : toMedian(chosen.imagesPerSecond);
  return devices.flatMap(({ device, imagesPerSecond: rate, problem, fp16 }) => {
    if (rate === null) return [`${device}: cannot be used: ${problem ?? ''}`];
    const ratio =
      processor === undefined ? '' : `, ${(rate / processor).toFixed(2)} times the processor`;
    const advice =
      processor !== undefined && rate > processor ? '; ‹device=auto› takes the fastest' : '';
    return [
      `${device}: ${rate.toFixed(1)} images/s${ratio}${advice}`,
      ...(fp16 === undefined ? [] : [`${device} in fp16: ${describeHalf(fp16, rate)}`]),
    ];
  });
}

function describeHalf(
  { imagesPerSecond, problem }: NonNullable<TunedMachine['devices'][number]['fp16']>,
  whole: number,
): string {
  if (imagesPerSecond === null) return `cannot be used: ${problem ?? ''}`;
  return `${imagesPerSecond.toFixed(1)} images/s, ${(imagesPerSecond / whole).toFixed(2)} times fp32`;
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
