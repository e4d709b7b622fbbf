import { expect, it } from 'vitest';
import { describeTuning, toTuningDocument } from './describe-tuning.js';

const profile = { workers: 2, threads: 1, batch: 8, decodes: 2 };
const preset = { profile, imagesPerSecond: [10, 12, 11], peakBytes: 900e6 };
const wide = { profile: { ...profile, batch: 16 }, imagesPerSecond: [9], peakBytes: 950e6 };
const onCard = {
  profile: { workers: 1, threads: 1, batch: 32, decodes: 2 },
  imagesPerSecond: [22, 24],
  peakBytes: 700e6,
};
const machine = {
  tuned: { trials: [preset, wide], chosen: preset, why: 'nothing was faster' },
  precision: 'fp32',
  devices: [
    { device: 'webgpu', precision: 'fp32', trials: [onCard], chosen: onCard, problem: undefined },
    { device: 'cuda', precision: 'fp32', trials: [], chosen: undefined, problem: 'no driver' },
  ],
  storedIn: 'cache/profiles/x.json',
  capBytes: 4e9,
} as const;

it('shows every way that was measured in one table, what was picked and what was refused', () => {
  const text = describeTuning(machine);
  const columns = text.split('\n').map((line) => line.split('│').map((cell) => cell.trim()));
  const rows = columns.filter(({ length }) => length > 1).map((cells) => cells.slice(1, -1));
  expect(rows).toEqual([
    [
      ...['device', 'precision', 'batch', 'workers', 'threads', 'decode threads'],
      ...['images/s', 'least – most', 'rounds', 'MB', 'picked'],
    ],
    ['cpu', 'fp32', '8', '2', '1', '2', '11.0', '10.0 – 12.0', '3', '900', 'yes'],
    ['cpu', 'fp32', '16', '2', '1', '2', '9.0', '9.0 – 9.0', '1', '950', ''],
    ['webgpu', 'fp32', '32', '1', '1', '2', '22.0', '22.0 – 24.0', '2', '700', 'yes'],
  ]);
  expect(text).toContain('webgpu in fp32: 2.00 times the processor\n');
  expect(text).toContain('cuda in fp32: refused: no driver');
});

it('says which device to take and by how much, as auto does', () => {
  expect(describeTuning(machine)).toMatch(
    /\ntake ‹device=webgpu› \(or auto\): 2\.00 times as fast as the processor$/,
  );
  expect(toTuningDocument(machine).recommended).toEqual({ device: 'webgpu', timesTheProcessor: 2 });
  const barely = { ...onCard, imagesPerSecond: [12] };
  const [webgpu] = machine.devices;
  const slower = { ...machine, devices: [{ ...webgpu, trials: [barely], chosen: barely }] };
  expect(describeTuning(slower)).toMatch(/\ntake the processor .* more than a tenth faster$/);
});

it('has the same in the JSON document', () => {
  const { measured, refused } = toTuningDocument(machine);
  expect(measured.filter(({ picked }) => picked).map(({ device }) => device)).toEqual([
    'cpu',
    'webgpu',
  ]);
  const problem = 'no driver';
  expect(refused).toEqual([{ device: 'cuda', precision: 'fp32', problem }]);
});
