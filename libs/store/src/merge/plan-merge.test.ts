import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '@cullstream/contracts';
import { decision, prediction, setUpMerge } from '../testing/merge-set-up.js';
import { createTemporaryData, readFileTrace } from '../testing/temporary-data.js';
import { applyMerge, planMerge } from './merge.js';

const NOON = new Date('2026-01-31T12:00:00.000Z');
const EMPTY = { added: [], filled: [], compared: [], left: [], refused: [] };

describe('planMerge', () => {
  it('says what applying does and touches neither file', async () => {
    using data = createTemporaryData();
    const { target, staged } = setUpMerge(data, { rows: [decision()] }, [
      prediction(),
      prediction({ group_id: 'new', images: '["9.png"]', ai_selected_index: 0 }),
    ]);
    const before = [readFileTrace(target), readFileTrace(staged)];
    const plan = planMerge(staged, target);
    expect([readFileTrace(target), readFileTrace(staged)]).toEqual(before);
    expect(plan).toEqual({
      ...EMPTY,
      added: [{ groupId: 'new', images: ['9.png'] }],
      filled: [
        {
          groupId: 'g',
          stagedGroupId: 'g',
          columns: ['ai_selected_index', 'ai_crop_coords', 'ai_confidence'],
        },
      ],
      compared: [{ groupId: 'g', column: 'selection_match', match: true }],
    });
    expect((await applyMerge(staged, target, { now: NOON })).report).toEqual(plan);
  });

  it('refuses a database without decisions', () => {
    using data = createTemporaryData();
    const { target, staged } = setUpMerge(
      data,
      { table: 'CREATE TABLE notes (t TEXT)', rows: [] },
      [],
    );
    expect(() => planMerge(staged, target)).toThrow(ConfigurationError);
  });
});
