import { describe, expect, it } from 'vitest';
import {
  applyProfile,
  countDecoders,
  describeIgnoredWorkers,
  describeProfile,
} from './engine-profile.js';

const measured = { workers: 2, threads: 2, batch: 16, decodes: 3 };

describe('how an engine uses a machine', () => {
  it('is one single-threaded worker a core where nothing is said or measured', () => {
    expect(applyProfile({}, undefined, 4)).toEqual({
      workers: 4,
      threads: 1,
      batch: 8,
      decodes: 2,
    });
  });

  it('is as it was measured where nothing is said', () => {
    expect(applyProfile({}, measured, 4)).toEqual(measured);
  });

  it('is as it was said before it is as measured', () => {
    expect(applyProfile({ batch: 4 }, measured, 4)).toEqual({ ...measured, batch: 4 });
  });

  it('gives up both measured workers and threads where one of them is said', () => {
    expect(applyProfile({ workers: 3 }, measured, 4)).toMatchObject({ workers: 3, threads: 1 });
    expect(applyProfile({ threads: 4 }, measured, 4)).toMatchObject({ workers: 1, threads: 4 });
  });

  it('is one session on a card, for which all cores decode', () => {
    const preset = { workers: 1, threads: 1, batch: 16, decodes: 12 };
    expect(applyProfile({}, undefined, 12, 'webgpu')).toEqual(preset);
    expect(applyProfile({ workers: 3 }, undefined, 12, 'webgpu')).toEqual(preset);
    expect(describeIgnoredWorkers({ workers: 3 }, 'webgpu')).toMatch(/ ‹workers=3› has no effect$/);
    expect(describeIgnoredWorkers({ workers: 1 }, 'webgpu')).toBeUndefined();
    expect(describeIgnoredWorkers({}, 'webgpu')).toBeUndefined();
    expect(describeIgnoredWorkers({ workers: 3 }, 'cpu')).toBeUndefined();
    expect(applyProfile({ workers: 3 }, undefined, 12, 'cuda')).toEqual({ ...preset, workers: 3 });
    const found = { workers: 1, threads: 1, batch: 32, decodes: 5 };
    expect(applyProfile({ batch: 4 }, found, 12, 'webgpu')).toEqual({ ...found, batch: 4 });
  });

  it('decodes in its workers, or in threads of their own', () => {
    const profile = { workers: 4, threads: 1, batch: 8, decodes: 2 };
    expect(countDecoders(profile, 'cpu')).toBe(4);
    expect(countDecoders({ ...profile, workers: 2, threads: 2 }, 'cpu')).toBe(4);
    expect(countDecoders({ ...profile, workers: 1, decodes: 12 }, 'webgpu')).toBe(12);
  });

  it('reads like a sentence', () => {
    expect(describeProfile({ workers: 1, threads: 2, batch: 8, decodes: 1 })).toBe(
      '1 worker × 2 threads, batches of 8, 1 decode at once',
    );
  });
});
