import { describe, expect, it } from 'vitest';
import type { Finding, Validation } from '@cullstream/store';
import { describeValidations, toBars } from './describe-validation.js';

function validation(findings: readonly Finding[]): Validation {
  return {
    path: '/data/x.db',
    ours: true,
    findings,
    statistics: {
      rows: 4,
      withPrediction: 3,
      withUserDecision: 2,
      withBoth: 2,
      agreeing: 1,
      confidence: { min: 0.25, mean: 0.5, max: 1, histogram: [0, 0, 1, 0, 0, 8, 0, 0, 0, 4] },
    },
  };
}

describe('describeValidations', () => {
  it('tells coverage, agreement and the distribution of confidence', () => {
    const text = describeValidations([validation([])]);
    expect(text).toContain('3 of 4 (75 %)');
    expect(text).toContain('1 of 2 (50 %)');
    expect(text).toContain('confidence of x.db, 0 to 1:   ▁  █   ▄ min 0.25, mean 0.50, max 1.00');
  });

  it('names rows with errors before rows with more warnings', () => {
    const warning = { severity: 'warning', check: 'duplicate-image', groupId: 'many' } as const;
    const text = describeValidations([
      validation([
        { ...warning, message: 'a twice' },
        { ...warning, message: 'b twice' },
        { severity: 'error', check: 'box', groupId: 'bad', message: 'inverted' },
      ]),
    ]);
    const lines = text.split('\n').slice(-2);
    expect(lines).toEqual([
      'error: x.db bad: inverted (box)',
      'warning: x.db many: a twice (duplicate-image); b twice (duplicate-image)',
    ]);
  });
});

describe('toBars', () => {
  it('gives every bin that holds anything a block', () => {
    expect(toBars([0, 1, 500, 1_000])).toBe(' ▁▄█');
  });
});
