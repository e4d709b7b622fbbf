import {
  describeMachine,
  describeProfile,
  findFastest,
  toMedian,
  type Trial,
} from '@cullstream/embedding';
import type { TunedMachine } from '@cullstream/runs';
import { formatTable } from './format-table.js';

const MB = 1e6;

/** One way to embed that was measured: the row of a table, and a part of the JSON document. */
interface MeasuredWay {
  readonly device: string;
  readonly precision: string;
  readonly batch: number;
  readonly workers: number;
  readonly threads: number;
  readonly decodes: number;
  /** The median of the rounds. */
  readonly imagesPerSecond: number;
  readonly rounds: readonly number[];
  readonly peakBytes: number;
  /** Whether later runs on this device in this precision work like that. */
  readonly picked: boolean;
}

/** Everything that was measured, as a JSON document. */
export function toTuningDocument(machine: TunedMachine) {
  const { tuned, devices, storedIn } = machine;
  const { trials, chosen, why } = tuned;
  const { device = null, ratio = null } = toRecommended(machine) ?? {};
  return {
    machine: describeMachine(),
    ...{ chosen: chosen?.profile ?? null, why, stored: storedIn },
    recommended: { device, timesTheProcessor: ratio },
    measured: toWays(machine),
    refused: devices.flatMap(({ device, precision, problem }) =>
      problem === undefined ? [] : [{ device, precision, problem }],
    ),
    trials,
  };
}

/** Describes the measurements of the machine. */
export function describeTuning(machine: TunedMachine): string {
  const { tuned, devices, storedIn, capBytes: cap } = machine;
  const { chosen, why } = tuned;
  const table = formatTable(
    [
      ...['device', 'precision', 'batch', 'workers', 'threads', 'decode threads'],
      ...['images/s', 'least – most', 'rounds', 'MB', 'picked'],
    ],
    toWays(machine).map((way) => toRow(way)),
  );
  const verdict =
    chosen === undefined
      ? `${why}, ${(cap / MB).toFixed(0)} MB: give more with ‹memoryCap›; nothing was kept`
      : `picked for the processor: ${describeProfile(chosen.profile)}: ${why}\nkept in ${storedIn ?? ''}`;
  return [table, verdict, ...describeDevices(devices, chosen), ...recommend(machine)].join('\n');
}

/** The device that `auto` stands for from now on, and how fast it is beside the processor. */
function toRecommended({ tuned, precision, devices }: TunedMachine) {
  if (tuned.chosen === undefined) return undefined;
  const processor = toMedian(tuned.chosen.imagesPerSecond);
  const others = devices.flatMap(({ device, precision: its, chosen }) =>
    chosen === undefined || its !== precision
      ? []
      : [{ device, imagesPerSecond: toMedian(chosen.imagesPerSecond) }],
  );
  const fastest = findFastest(processor, others);
  return fastest === undefined
    ? { device: 'cpu', ratio: 1 }
    : { device: fastest.device, ratio: fastest.imagesPerSecond / processor };
}

function recommend(machine: TunedMachine): string[] {
  const recommended = toRecommended(machine);
  if (recommended === undefined) return [];
  const { device, ratio } = recommended;
  return [
    device === 'cpu'
      ? 'take the processor (‹device=cpu›, or auto): no other device is more than a tenth faster'
      : `take ‹device=${device}› (or auto): ${ratio.toFixed(2)} times as fast as the processor`,
  ];
}

function toWays({ tuned, precision, devices }: TunedMachine): MeasuredWay[] {
  const processor = { device: 'cpu', precision, ...tuned };
  return [processor, ...devices].flatMap(({ trials, chosen, ...way }) =>
    trials.map((trial) => toWay(way, trial, trial === chosen)),
  );
}

function toWay(
  { device, precision }: Pick<MeasuredWay, 'device' | 'precision'>,
  { profile, imagesPerSecond: rounds, peakBytes }: Trial,
  picked: boolean,
): MeasuredWay {
  const { batch, workers, threads, decodes } = profile;
  return {
    ...{ device, precision, batch, workers, threads, decodes },
    ...{ imagesPerSecond: toMedian(rounds), rounds, peakBytes, picked },
  };
}

function toRow({ rounds, imagesPerSecond, peakBytes, ...way }: MeasuredWay) {
  return [
    ...[way.device, way.precision, way.batch, way.workers, way.threads, way.decodes],
    imagesPerSecond.toFixed(1),
    `${Math.min(...rounds).toFixed(1)} – ${Math.max(...rounds).toFixed(1)}`,
    rounds.length,
    Math.round(peakBytes / MB),
    way.picked ? 'yes' : '',
  ];
}

/** Compares every other device with the best result of the processor. */
function describeDevices(
  devices: TunedMachine['devices'],
  processor: TunedMachine['tuned']['chosen'],
): string[] {
  return devices.map(({ device, precision, chosen, problem }) => {
    const name = `${device} in ${precision}`;
    if (chosen === undefined) return `${name}: refused: ${problem ?? ''}`;
    const rate = toMedian(chosen.imagesPerSecond);
    const ofProcessor = processor === undefined ? NaN : toMedian(processor.imagesPerSecond);
    return Number.isNaN(ofProcessor)
      ? `${name}: ${rate.toFixed(1)} images/s`
      : `${name}: ${(rate / ofProcessor).toFixed(2)} times the processor`;
  });
}
