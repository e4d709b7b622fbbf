import type { MergeReport } from '@cullstream/store';
import { expect, it } from 'vitest';
import { describeMerge } from './describe-merge.js';

const candidate = { project: 'dalia', target: 'dalia.db', staged: 'dalia_ai_predictions_temp.db' };
const nothing = { added: [], filled: [], left: [], compared: [], refused: [] };

const describePlanned = (report: MergeReport) =>
  describeMerge([{ ...candidate, state: 'planned', report, backup: null }], 'merge', 80);

it('says what can be done about groups that the table does not take', () => {
  const refused = [{ groupId: 'five', message: 'the database does not allow it: CHECK' }];
  const report = { ...nothing, refused };
  expect(describePlanned(report)).toContain(
    'dalia: what the rules of its older table do not allow stays in dalia_ai_predictions_temp.db: ' +
      "`cullstream export ‹project=dalia›` gives it; to take it in, give the table today's rules " +
      'as docs/merging.md shows, then merge again',
  );
});

it('says nothing of it where everything was taken', () => {
  expect(describePlanned(nothing)).not.toContain('older table');
});
