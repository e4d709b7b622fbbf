import { describe, expect, it } from 'vitest';
import { combineProfiles, listCandidates, listDeviceCandidates } from './tune-candidates.js';
import { readFindings } from './run-probe.js';

const toProbe = (decodesPerSecond: number, rates: Readonly<Record<number, number>>) => ({
  decodesPerSecond,
  inference: Object.entries(rates).map(([batch, rate]) => ({
    batch: Number(batch),
    imagesPerSecond: rate,
  })),
});

describe('the profiles that are tried on the processor', () => {
  const toBatches = (all: readonly { batch: number }[]) => all.map(({ batch }) => batch);

  it('have the batch sizes with which inference alone was faster', () => {
    const probe = toProbe(20, { 4: 8, 8: 10, 16: 11, 32: 10.1 });
    expect(toBatches(listCandidates(2, probe))).toEqual([8, 8, 16, 8]);
  });

  it('have no other batch size where none was faster', () => {
    expect(toBatches(listCandidates(1, toProbe(20, { 8: 10, 16: 10 })))).toEqual([8, 8]);
  });

  it('have a double batch where nothing was measured', () => {
    expect(toBatches(listCandidates(1, undefined))).toEqual([8, 16, 8]);
  });

  it('are combined from those that were faster', () => {
    const preset = { workers: 4, threads: 1, batch: 8, decodes: 2 };
    const better = [
      { ...preset, workers: 2, threads: 2 },
      { ...preset, batch: 16 },
    ];
    const combined = { workers: 2, threads: 2, batch: 16, decodes: 2 };
    expect(combineProfiles(preset, better)).toEqual(combined);
  });
});

describe('the profiles that are tried on a device', () => {
  const one = { workers: 1, threads: 1 };

  it('have as many decoders as its session needs, and as there are cores', () => {
    const probe = toProbe(20, { 1: 20, 4: 60, 16: 99, 32: 100, 64: 90 });
    expect(listDeviceCandidates(8, probe)).toEqual([
      { ...one, batch: 16, decodes: 5 },
      { ...one, batch: 16, decodes: 8 },
      { ...one, batch: 4, decodes: 5 },
      { ...one, batch: 32, decodes: 5 },
    ]);
  });

  it('never have more decoders than cores', () => {
    expect(listDeviceCandidates(2, toProbe(20, { 16: 300 }))).toEqual([
      { ...one, batch: 16, decodes: 2 },
    ]);
  });
});

describe('what a probe prints', () => {
  it('counts as far as it came', () => {
    const printed =
      '{"decodesPerSecond":20}\nDriver 1.0\n{"batch":16,"imagesPerSecond":50}\n{"batch":4,"im';
    expect(readFindings(printed)).toEqual(toProbe(20, { 16: 50 }));
  });

  it('has how far the vectors of a device are from those of the processor', () => {
    const printed =
      '{"decodesPerSecond":20}\n{"drift":0.0001}\n{"batch":16,"imagesPerSecond":50}\n';
    expect(readFindings(printed)).toEqual({ ...toProbe(20, { 16: 50 }), drift: 0.0001 });
  });

  it('has vectors with what is no number infinitely far from them', () => {
    const printed =
      `${JSON.stringify({ drift: Infinity })}\n` +
      '{"decodesPerSecond":20}\n{"batch":16,"imagesPerSecond":50}\n';
    expect(readFindings(printed)?.drift).toBe(Infinity);
  });

  it('is not enough without an inference', () => {
    expect(readFindings('{"decodesPerSecond":20}\n')).toBeUndefined();
  });
});
