import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runInProcess } from './support/run-in-process.js';
import { copySamples, sampleModels } from './support/samples.js';

const FAILED = 1;
const REFUSED = 2;

let scratch: string;
let originals: string;
let embedder: string;
let approvals: string;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'cullstream-approval-'));
  originals = copySamples().originals;
  embedder = join(scratch, 'encoder.pt');
  approvals = `${embedder}.approvals.json`;
  cpSync(sampleModels.checkpoint, embedder);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function run(command: string, ...more: string[]) {
  const { ranker, crop } = sampleModels;
  return runInProcess([
    ...command.split(' '),
    ...['--data', join(scratch, 'data'), '--cache', join(scratch, 'cache')],
    ...['--originals', originals, '--only', 'dalia', '--json'],
    ...['--embedder', embedder, '--crop', crop],
    ...(more.includes('--ranker') ? [] : ['--ranker', ranker]),
    ...more,
  ]);
}

const approve = (...more: string[]) => run('models approve', '--precision', 'int8', ...more);

async function planned(...more: string[]): Promise<{ precision: string; why: string }> {
  const { exitCode, stdout, stderr } = await run('plan', '--precision', 'auto', ...more);
  expect(exitCode, stderr).toBe(0);
  const { recipes, notes } = JSON.parse(stdout) as {
    recipes: { precision: string };
    notes: string[];
  };
  return {
    precision: recipes.precision,
    why: notes.find((note) => note.startsWith('precision')) ?? '',
  };
}

it('auto takes int8 once it is approved, and only while nothing has changed', async () => {
  const refused = await approve('--min-crop-overlap', '1');
  expect(refused.exitCode, refused.stderr).toBe(FAILED);
  expect(JSON.parse(refused.stdout)).toMatchObject({
    approved: false,
    problems: expect.arrayContaining([expect.stringMatching(/overlap by 0\.\d+ on average, 1 is/)]),
    projects: [{ project: 'dalia', agreement: { contested: 4 } }],
  });
  expect(existsSync(approvals)).toBe(false);

  const approved = await approve('--min-same-picks', '0.5', '--min-crop-overlap', '0.9');
  expect(approved.exitCode, approved.stderr).toBe(0);
  expect(JSON.parse(approved.stdout)).toMatchObject({ approved: true, storedIn: approvals });
  expect(await planned()).toEqual({
    precision: 'int8',
    why: expect.stringMatching(/^precision int8: approved on .* of 4 same picks .* 12 images$/),
  });

  expect(await planned('--ranker', sampleModels.otherRanker)).toEqual({
    precision: 'fp32',
    why: expect.stringMatching(/does not hold any more \(ranker: ranker_a.*, now ranker_b/),
  });
  const useless = await run('models approve', '--precision', 'fp16');
  expect(useless.exitCode).toBe(REFUSED);
  expect(useless.stderr).toMatch(/--precision auto never takes it there; name the --device/);

  const revoked = await run('models approve', '--revoke');
  expect(JSON.parse(revoked.stdout)).toEqual({ revoked: ['int8 on cpu'] });
  expect(await planned()).toEqual({
    precision: 'fp32',
    why: expect.stringMatching(
      /^precision fp32: int8 on cpu is not approved.*`cullstream models approve` with --precision int8 /,
    ),
  });
});
