import { expect, it } from 'vitest';
import { catalogueProject } from './catalogue-project.js';

const project = { name: 'p', source: 'p' };
const images = ['1.png', '2.png', '3.png', '4.png'].map((name) => ({
  name,
  source: { kind: 'file' as const, path: `p/${name}`, size: 1, modifiedMs: 0 },
}));
const manyNames = Array.from({ length: 30_000 }, (_, index) => `gone_${index}.png`);

it('leaves a row that no message can carry out, names it and keeps the others', () => {
  const rows = [
    { groupId: 'huge', images: ['1.png', ...manyNames] },
    { groupId: `long ${'x'.repeat(2_000_000)}`, images: ['2.png'] },
    { groupId: 'sound', images: ['3.png', '4.png'] },
  ];
  const catalogue = catalogueProject(project, images, rows, { minGroupSize: 2 });
  expect(catalogue.images.map(({ group }) => group?.id)).toEqual([
    undefined,
    undefined,
    'sound',
    'sound',
  ]);
  expect(catalogue.totals).toMatchObject({ images: 4, groups: 1, ungrouped: 2 });
  expect(catalogue.warnings).toEqual([
    expect.stringMatching(
      /^row huge .* 30001 names .*left without a group by it: 1 image; split or correct/,
    ),
    expect.stringMatching(/^row long x{75}… /),
    expect.stringContaining('the existing database names 30,000 images'),
  ]);
});

it('keeps warnings few and short, whatever the rows', () => {
  const rows = Array.from({ length: 50 }, (_, index) => ({
    groupId: `${index} ${'y'.repeat(10_000)}`,
    images: ['gone.png'],
  }));
  const { warnings } = catalogueProject(project, images, rows, { minGroupSize: 2 });
  expect(Math.max(...warnings.map(({ length }) => length))).toBeLessThan(500);
});
