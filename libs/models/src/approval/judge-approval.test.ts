import { expect, it } from 'vitest';
import { judgeApproval } from './judge-approval.js';

const figures = {
  ...{ images: 30, groups: 10, contested: 8, picksChanged: 1 },
  ...{ cosineMin: 0.9, cosineMedian: 0.99, cornerMean: 0.1, cornerMax: 0.2 },
  ...{ iouMean: 0.97, iouMin: 0.5 },
};

it('approves what comes up to both thresholds exactly', () => {
  expect(judgeApproval(figures, { samePicks: 0.875, cropOverlap: 0.97 })).toEqual([]);
});

it('says of each threshold that is missed what was found and what was asked for', () => {
  expect(judgeApproval(figures, { samePicks: 0.9, cropOverlap: 0.98 })).toEqual([
    '87.5 % of 8 groups pick the same image, 90 % are asked for: 1 changed',
    'crop boxes overlap by 0.9700 on average, 0.98 is asked for',
  ]);
});

it('approves nothing by groups without a choice', () => {
  const single = { ...figures, contested: 0, picksChanged: 0 };
  expect(judgeApproval(single, { samePicks: 0, cropOverlap: 0 })).toEqual([
    expect.stringMatching(/^no group of the sample has two images/),
  ]);
});
