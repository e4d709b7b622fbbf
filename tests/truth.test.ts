import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Evaluation } from '@cullstream/evaluation';
import type { VersionDiff } from '@cullstream/report';
import { Sqlite } from '@cullstream/store';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  toDatabasePath,
  toFinalsDir,
  finishImages,
  kinds,
  projects,
  removeFinal,
  writeFinal,
  type FinishedGroup,
} from './support/finished-images.js';
import {
  evaluateByHand,
  readJudged,
  toCloseFigures,
  toFigures,
} from './support/evaluate-by-hand.js';
import { describeRanker } from './support/describe-ranker.js';
import { hashTree } from './support/hash-tree.js';
import { startCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';
import { copySamples, toArgs, type SamplesCopy } from './support/samples.js';
import {
  emptyUserColumns,
  expectCompared,
  expectRow,
  proveAll,
  readRows,
  readTruths,
  truthArgs,
  type DecisionRow,
  type TruthDocument,
  type TruthRow,
} from './support/truth-rows.js';

describe('finished images', () => {
  let copy: SamplesCopy;
  let wanted: FinishedGroup[];
  let before: object;
  let userDatabase: Buffer;
  let document: TruthDocument;
  let withoutTruth: { exitCode: number | null; stderr: string };
  const userPath = () => join(copy.data, 'training/ai_training_decisions/Kiara_Slender.db');
  const stored = () =>
    projects.map((project) => [
      readRows<TruthRow>(toDatabasePath(copy, project), 'ground_truth'),
      readRows<DecisionRow>(toDatabasePath(copy, project), 'ai_decisions'),
    ]);

  beforeAll(async () => {
    copy = copySamples();
    await runInProcess(['run', ...toArgs(copy)]);
    withoutTruth = await runInProcess(['evaluate', '--data', copy.data, '--project', projects[0]]);
    wanted = await finishImages(copy);
    before = [hashTree(copy.originals), hashTree(toFinalsDir(copy))];
    userDatabase = readFileSync(userPath());
    document = await proveAll(copy);
  });

  it('show what was chosen of every group, what was done, and the box', () => {
    for (const project of projects) {
      const truths = readTruths(toDatabasePath(copy, project));
      const here = wanted.filter((each) => each.project === project);
      for (const each of here) expectRow(truths.get(each.groupId), each);
      const found = document.projects.find(({ project_id: id }) => id === project);
      const count = (action: string | null) => here.filter((each) => each.action === action).length;
      expect(found).toMatchObject({
        groups: here.length,
        approve: count('approve'),
        crop: count('crop'),
        reject: count('reject'),
        unmatched_finals: ['stranger.png'],
        failures: [],
      });
      expect(found?.ambiguous).toHaveLength(count(null));
    }
    expect(new Set(wanted.map(({ kind }) => kind)).size).toBe(new Set(kinds).size);
  });

  it('fill the user columns of rows that cullstream made, and compare', () => {
    for (const project of projects) {
      const path = toDatabasePath(copy, project);
      const truths = readTruths(path);
      for (const row of readRows<DecisionRow>(path, 'ai_decisions')) {
        expectCompared(row, truths.get(row.group_id));
      }
    }
  });

  it('change neither originals nor finished images nor a database of the user', () => {
    expect([hashTree(copy.originals), hashTree(toFinalsDir(copy))]).toEqual(before);
    expect(readFileSync(userPath())).toEqual(userDatabase);
  });

  it('are not looked at again while they are the same', async () => {
    const rows = stored();
    const files = projects.map((project) => statSync(toDatabasePath(copy, project)).mtimeMs);
    expect(await proveAll(copy)).toEqual(document);
    expect(stored()).toEqual(rows);
    expect(projects.map((project) => statSync(toDatabasePath(copy, project)).mtimeMs)).toEqual(
      files,
    );
  });

  it('give the same rows when the command is killed and called again', async () => {
    const rows = stored();
    for (const project of projects) {
      const sqlite = new Sqlite(toDatabasePath(copy, project));
      sqlite.exec(`DELETE FROM ground_truth; UPDATE ai_decisions SET user_selected_index = NULL,
        user_action = NULL, final_crop_coords = NULL, crop_timestamp = NULL,
        selection_match = NULL, crop_match = NULL`);
      sqlite.close();
    }
    for (const afterMs of [300, 900, 1_500]) {
      const { child, result } = startCli(truthArgs(copy));
      setTimeout(() => child.kill('SIGKILL'), afterMs);
      await result;
    }
    await proveAll(copy);
    expect(stored()).toEqual(rows);
  });

  it('contradict rows of the user, which are listed by kind and left as they are', () => {
    const { audit } = document.projects.find(({ project_id: id }) => id === 'Kiara_Slender') ?? {};
    expect(Object.keys(audit ?? {})).toEqual([
      ...['approved_without_final', 'rejected_with_final', 'other_image', 'other_crop'],
      'other_action',
    ]);
    const gone = audit?.['approved_without_final']?.map(({ group_id: id }) => id);
    expect(gone).toContain('Kiara_Slender_group_gone');
  });

  it('are asked for where nothing is known of what was chosen', () => {
    expect(withoutTruth.exitCode).toBe(2);
    expect(withoutTruth.stderr).toContain('run `cullstream truth --finals DIR` first');
  });

  it('tell how good picks and crops are, beside rules that cost nothing', async () => {
    const readGroups = (project: string) =>
      readJudged(
        project,
        toDatabasePath(copy, project),
        project === 'Kiara_Slender' ? userPath() : undefined,
      );
    const [described, named, ...others] = projects;
    const args = ['--data', copy.data, '--json'];
    const trained = ['--trained-on', named, '--registry', describeRanker([described])];
    const evaluated = await runInProcess(['evaluate', ...args, ...trained]);
    const [version] = (JSON.parse(evaluated.stdout) as Evaluation).versions;
    const byHand = evaluateByHand(projects.flatMap(readGroups));
    expect(byHand.groups).toBeGreaterThan(20);
    expect(toFigures(version?.total)).toEqual(toCloseFigures(byHand));
    expect(version?.trainedOn).toEqual([described]);
    expect(version?.untrained.picks.groups).toBe(others.flatMap(readGroups).length);
    expect(version?.untrained.picks.accuracy.value).toBe(
      evaluateByHand(others.flatMap(readGroups)).accuracy,
    );
    const same = ['diff', version?.version ?? '', version?.version ?? '', ...args];
    const { total } = JSON.parse((await runInProcess(same)).stdout) as VersionDiff;
    expect(total.userGroups).toBe(byHand.groups);
    expect(total.agreement.a.selectionAccuracy).toBeCloseTo(byHand.accuracy, 9);
    expect(total.agreement.a.meanCropIou).toBeCloseTo(byHand.iou, 9);
  });

  it('reach a database of the user by a merge, where its columns are empty, and leave by its undo', async () => {
    emptyUserColumns(userPath());
    const rowsBefore = readRows<DecisionRow>(userPath(), 'ai_decisions');
    const merge = (...more: string[]) => runInProcess(['merge', '--data', copy.data, ...more]);
    expect((await merge('--apply')).exitCode).toBe(0);
    const truths = readTruths(toDatabasePath(copy, 'Kiara_Slender'));
    const rows = readRows<DecisionRow>(userPath(), 'ai_decisions');
    for (const old of rowsBefore) {
      const row = rows.find(({ group_id: id }) => id === old.group_id);
      const truth = truths.get(old.group_id);
      if (old.user_action !== null) {
        expect(row).toMatchObject({
          user_action: old.user_action,
          user_selected_index: old.user_selected_index,
        });
      } else if (truth !== undefined) {
        expect(row).toMatchObject({
          user_action: truth.action,
          user_selected_index: truth.selected_index,
          final_crop_coords: truth.crop,
        });
      }
    }
    expect((await merge('--undo')).exitCode).toBe(0);
    expect(readRows<DecisionRow>(userPath(), 'ai_decisions')).toEqual(rowsBefore);
  });

  it('are followed when they change: another image kept, the crop taken back, one gone', async () => {
    const [project] = projects;
    const here = wanted.filter((each) => each.project === project && each.kind === 'crop');
    const [changed] = here;
    const rows = readRows<TruthRow>(toDatabasePath(copy, project), 'ground_truth');
    const row = rows.find(({ group_id: id }) => id === changed?.groupId);
    removeFinal(copy, project, row?.final_file ?? '');
    await proveAll(copy, '--only', project);
    const after = readRows<TruthRow>(toDatabasePath(copy, project), 'ground_truth');
    expect(after.find(({ group_id: id }) => id === row?.group_id)?.action).toBe('reject');
    const decisions = readRows<DecisionRow>(toDatabasePath(copy, project), 'ai_decisions');
    expect(decisions.find(({ group_id: id }) => id === row?.group_id)).toMatchObject({
      ...{ user_action: 'reject', user_selected_index: null, selection_match: null },
      crop_match: null,
    });
  });

  it('are not compared with originals that are not there', async () => {
    const { exitCode, stderr } = await runInProcess([
      ...['truth', '--originals', `${copy.originals}-gone`, '--data', copy.data],
      ...['--finals', toFinalsDir(copy)],
    ]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('is its disk connected?')]);
  });

  it('that are of another project are refused, and one that is damaged costs its group', async () => {
    writeFinal(copy, 'dalia/anna/cut.png', Buffer.from('no image'));
    rmSync(join(toFinalsDir(copy), 'mojo3'), { recursive: true });
    writeFinal(
      copy,
      'mojo3/elsewhere.png',
      readFileSync(join(toFinalsDir(copy), 'dalia/stranger.png')),
    );
    const group = readRows<TruthRow>(toDatabasePath(copy, 'Patricia'), 'ground_truth').find(
      ({ final_file: file }) => file?.endsWith('.png') === true,
    );
    const name = group?.final_file ?? '';
    removeFinal(copy, 'Patricia', name);
    writeFinal(copy, `Patricia/${name}`, Buffer.from('no image'));
    const { exitCode, stdout } = await runInProcess(truthArgs(copy, '--json'));
    expect(exitCode).toBe(1);
    const found = JSON.parse(stdout) as TruthDocument;
    expect(found.failed).toEqual([
      { project_id: 'mojo3', message: expect.stringContaining('Nothing was taken for rejected') },
    ]);
    const patricia = found.projects.find(({ project_id: id }) => id === 'Patricia');
    expect(patricia?.failures).toEqual([
      {
        ...{ group_id: group?.group_id, final: name },
        message: expect.stringContaining('the finished image cannot be used'),
      },
    ]);
  });
});
