import { expect, it } from 'vitest';
import { compareGroups } from '../diff/compare-groups.js';
import { toDiffPage } from './diff-page.js';
import type { VersionDiff } from '../diff/version-diff.js';

const model = {
  file: '<r>.pt',
  sha256: 'ab'.repeat(32),
  features: { embedding: 'raw', dimensionScale: 1 },
} as const;
const embedder = {
  ...{ id: 'exact', model: { file: 'tower.pt', sha256: 'cd'.repeat(32) } },
  ...({ preprocessing: 'exact', precision: 'fp32' } as const),
};
const version = { ranker: model, crop_proposer: model, embedder };
const a = { selectedIndex: 0, confidence: 0.9, crop: [0.25, 0, 0.75, 1] } as const;
const b = { selectedIndex: 1, confidence: 0.8, crop: null };
const pair = { groupId: 'g<1>', images: ['one.png', 'two.png'], a, b, user: null };
const diff: VersionDiff = {
  a: { version: 'aaaa', ...version },
  b: { version: 'bbbb', ...version },
  total: compareGroups([pair], 0),
  projects: [{ project: 'dalia', runs: { a: '1', b: '2' }, ...compareGroups([pair], 0) }],
  notCompared: [],
  groups: [{ project: 'dalia', ...pair, difference: 1.8 }],
};

it('shows both picks of a changed group, with the crop drawn over the picture', async () => {
  const page = await toDiffPage(diff, (_group, position) => `data:image/jpeg;base64,${position}`);
  expect(page).toContain('<img src="data:image/jpeg;base64,0" alt="one.png"');
  expect(page).toContain('left:25.00%;top:0.00%;width:50.00%;height:100.00%');
  expect(page).toContain('B: two.png, 80.0 % sure, no crop');
});

it('escapes every text and needs no picture', async () => {
  const page = await toDiffPage(diff, () => undefined);
  expect(page).toContain('g&lt;1&gt;');
  expect(page).toContain('&lt;r&gt;.pt');
  expect(page).not.toContain('<img');
});
