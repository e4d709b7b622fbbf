import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Sqlite } from '@cullstream/store';
import { hashTree } from './support/hash-tree.js';
import { allCores, runCli, type CliResult } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';
import {
  copySamples,
  readExpected,
  toArgs,
  type ExpectedGroup,
  type SamplesCopy,
} from './support/samples.js';

interface DecisionRow {
  group_id: string;
  images: string;
  ai_selected_index: number;
  ai_confidence: number;
  ai_crop_coords: string | null;
  image_width: number;
  image_height: number;
}

interface SummaryDocument {
  results: Record<string, number>;
  images: Record<string, number>;
  groups: Record<string, number>;
  projects: { project_id: string; status: string; failures: { image: string; reason: string }[] }[];
}

const baseName = (name: string) => name.slice(name.lastIndexOf('/') + 1);

function toDatabasePath(copy: SamplesCopy, project: string): string {
  const file = project === 'Kiara_Slender' ? `${project}_ai_predictions_temp.db` : `${project}.db`;
  return join(copy.data, 'training/ai_training_decisions', file);
}

function readDecisions(copy: SamplesCopy, project: string): DecisionRow[] {
  const database = new Sqlite(toDatabasePath(copy, project), { readonly: true });
  try {
    return database.prepare<[], DecisionRow>('SELECT * FROM ai_decisions').all();
  } finally {
    database.close();
  }
}

function expectSameDecision(row: DecisionRow, expected: ExpectedGroup): void {
  const scores = expected.scores.filter((score) => score !== null).sort((a, b) => b - a);
  const [best = 0, second = -Infinity] = scores;
  if (best - second >= 1e-4) expect(row.ai_selected_index).toBe(expected.ai_selected_index);
  if (row.ai_selected_index !== expected.ai_selected_index) return;
  expect(Math.abs(row.ai_confidence - expected.ai_confidence)).toBeLessThan(1e-4);
  const box = row.ai_crop_coords === null ? null : (JSON.parse(row.ai_crop_coords) as number[]);
  expect(box === null).toBe(expected.ai_crop_coords === null);
  for (const [index, value] of (expected.ai_crop_coords ?? []).entries()) {
    expect(Math.abs((box?.[index] ?? NaN) - value)).toBeLessThan(1e-4);
  }
  expect([row.image_width, row.image_height]).toEqual([
    expected.image_width,
    expected.image_height,
  ]);
}

const cases = [
  { expectedFile: 'expected.json', features: [] },
  { expectedFile: 'expected.l2-10000.json', features: ['--features', 'legacy-batch'] },
];

describe.each(cases)('run over the samples gives $expectedFile', ({ expectedFile, features }) => {
  let copy: SamplesCopy;
  let result: CliResult;
  let summary: SummaryDocument;
  let originalsBefore: object;
  let userDatabaseBefore: Buffer;

  beforeAll(async () => {
    copy = copySamples();
    originalsBefore = hashTree(copy.originals);
    userDatabaseBefore = readFileSync(
      join(copy.data, 'training/ai_training_decisions/Kiara_Slender.db'),
    );
    result = await runCli(['run', ...toArgs(copy), ...features, '--json'], allCores);
    summary = JSON.parse(result.stdout) as SummaryDocument;
  });

  it('exits with 1, for three images are damaged', () => {
    expect(result.exitCode, result.stderr).toBe(1);
    const failures = summary.projects.flatMap((project) => project.failures);
    expect(failures.map(({ image, reason }) => [image, reason]).sort()).toEqual([
      ['mixed/20250704_120000_stage1_generated.png', 'empty-file'],
      ['mixed/20250704_120003_stage2_upscaled.png', 'image-truncated'],
      ['mixed/20250704_130000_stage1_generated.png', 'not-an-image'],
    ]);
  });

  it('counts every image and group', () => {
    expect(summary.images).toMatchObject({ total: 101, failed: 3, ungrouped: 1 });
    expect(summary.groups).toEqual({ total: 38, decided: 38, failed: 0 });
    expect(summary.results).toEqual({ total_projects: 5, processed: 5, skipped: 0, failed: 0 });
  });

  it.each(['dalia', 'Patricia', 'Kiara_Slender', 'mixed-0919', 'mojo3'])(
    'decides every group of %s as expected',
    (project) => {
      const expected = readExpected(expectedFile)[project]?.groups ?? [];
      const rows = readDecisions(copy, project);
      expect(rows).toHaveLength(expected.length);
      for (const group of expected) {
        const names = group.images.map(baseName).join();
        const row = rows.find(({ images }) => {
          const listed = (JSON.parse(images) as string[]).map(baseName);
          return (
            listed.filter((name) => group.images.map(baseName).includes(name)).join() === names
          );
        });
        expect(row, names).toBeDefined();
        if (row !== undefined) expectSameDecision(row, group);
      }
    },
  );

  it('leaves originals and the user’s database byte for byte as they were', () => {
    expect(hashTree(copy.originals)).toEqual(originalsBefore);
    const folder = join(copy.data, 'training/ai_training_decisions');
    expect(readFileSync(join(folder, 'Kiara_Slender.db'))).toEqual(userDatabaseBefore);
    expect(readdirSync(folder).filter((name) => name.startsWith('Kiara_Slender.db-'))).toEqual([]);
  });

  it('keeps the id, order and length of groups that the user’s database names', () => {
    const rows = readDecisions(copy, 'Kiara_Slender');
    const partial = rows.find(({ group_id: id }) => id.endsWith('_batch001_img003'));
    expect(JSON.parse(partial?.images ?? '[]')).toEqual([
      '20250703_000323_stage1_generated.png',
      '20250703_000424_stage2_upscaled.png',
      '20240101_000000_stage3_enhanced.png',
    ]);
  });

  it('does nothing when run again, writes nothing, and says so', async () => {
    const before = hashTree(copy.data);
    const again = await runInProcess(['run', ...toArgs(copy), ...features]);
    expect(again.exitCode, again.stderr).toBe(1);
    expect(again.stdout).toContain('3 images failed before, and would again');
    expect(again.stdout).toContain('all else was complete already: nothing was written');
    expect(hashTree(copy.data)).toEqual(before);
  });
});
