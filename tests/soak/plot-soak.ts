import { plotSeries } from './plot-series.js';
import type { Soak } from './record.js';

const MB = 1_000_000;

/** The plots of a soak by name, as SVG. */
export async function plotSoak({ samples, rounds }: Soak): Promise<[string, string][]> {
  const names = Object.keys(samples[0]?.processes ?? {});
  const ofProcesses = (key: 'ownMb' | 'handles') =>
    names.map((name) => ({
      name,
      points: samples.map(({ minute, processes }) => ({
        minute,
        value: processes[name]?.[key] ?? 0,
      })),
    }));
  const disk = (['broker', 'cache', 'databases', 'logs'] as const).map((name) => ({
    name,
    points: rounds.map((round) => ({ minute: round.minute, value: round[name] / MB })),
  }));
  const waiting = samples.map(({ minute, waiting }) => ({ minute, value: waiting }));
  return [
    ['memory', await plotSeries(ofProcesses('ownMb'), 'MB')],
    ['handles', await plotSeries(ofProcesses('handles'), 'open files')],
    ['disk', await plotSeries(disk, 'MB')],
    ['lag', await plotSeries([{ name: 'messages', points: waiting }], 'waiting messages')],
  ];
}
