import { describe, expect, it } from 'vitest';
import { judgeTrials, type Trial } from './judge-trials.js';

const profile = { workers: 2, threads: 1, batch: 8, decodes: 2 };
const trial = (batch: number, imagesPerSecond: number[], peakBytes = 900): Trial => ({
  profile: { ...profile, batch },
  imagesPerSecond,
  peakBytes,
});
const preset = trial(8, [10, 11, 10]);

describe('the judgement of trials', () => {
  it('keeps the default where another was faster in some rounds only', () => {
    expect(judgeTrials([preset, trial(16, [12, 12, 10])], 1_000).chosen).toBe(preset);
  });

  it('keeps the default where another was faster by less than machines drift', () => {
    expect(judgeTrials([preset, trial(16, [10.2, 11.2, 10.2])], 1_000).chosen).toBe(preset);
  });

  it('keeps the default where another was tried too rarely', () => {
    expect(judgeTrials([preset, trial(16, [20, 20])], 1_000)).toEqual({
      chosen: preset,
      why: 'the default: there was no time for the 3 rounds that would prove another faster',
    });
  });

  it('takes the fastest of those that were faster in every round', () => {
    const [fast, faster] = [trial(16, [11, 12, 11]), trial(4, [12, 13, 12])];
    expect(judgeTrials([preset, fast, faster], 1_000).chosen).toBe(faster);
  });

  it('takes nothing above the memory cap, however fast', () => {
    expect(judgeTrials([preset, trial(16, [20, 20, 20], 1_001)], 1_000).chosen).toBe(preset);
  });

  it('takes the fastest below the cap where the default is above it', () => {
    const [slow, slower] = [trial(4, [8, 8], 700), trial(2, [5], 600)];
    expect(judgeTrials([preset, slow, slower], 800).chosen).toBe(slow);
  });

  it('chooses nothing where nothing stays below the cap', () => {
    expect(judgeTrials([preset], 800)).toEqual({
      chosen: undefined,
      why: 'nothing that was tried stays below the memory cap',
    });
  });
});
