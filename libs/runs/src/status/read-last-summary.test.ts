import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { readLastSummary } from './read-last-summary.js';

const whole = {
  batch_id: 'r1',
  completed_at: 'at noon',
  ...{ results: {}, images: {}, groups: {}, projects: [] },
};
const toName = (time: string) => `ai_data/batch_predictions_summary_${time}.json`;
const write = (data: DataFolder, time: string, content: object | string | null) =>
  data.write(toName(time), typeof content === 'string' ? content : JSON.stringify(content));

async function read(data: DataFolder) {
  const unreadable: string[] = [];
  const onUnreadable = (file: string) => unreadable.push(file);
  const last = await readLastSummary(data.path, { onUnreadable });
  return { last, unreadable };
}

describe('the last summary of a data folder', () => {
  it('is the newest, with its page', async () => {
    using data = createDataFolder();
    write(data, '20260131', whole);
    write(data, '20260202', { ...whole, batch_id: 'r3' });
    write(data, '20260201', { ...whole, batch_id: 'r2' });
    data.write('ai_data/batch_predictions_summary_20260203.html', '');
    data.write('ai_data/batch_predictions_summary_20260203.json.tmp', '{}');
    data.write('ai_data/my_batch_predictions_summary_20260203.json', '{}');
    expect(await read(data)).toEqual({
      last: {
        summary: { ...whole, batch_id: 'r3' },
        path: join(data.path, 'ai_data/batch_predictions_summary_20260202.html'),
      },
      unreadable: [],
    });
  });

  it.each([
    '{"batch_id":"r2"',
    null,
    '[]',
    { ...whole, batch_id: 7 },
    { ...whole, completed_at: undefined },
    { ...whole, results: undefined },
    { ...whole, images: null },
    { ...whole, groups: 'none' },
    { ...whole, projects: {} },
  ])('is the one before where the newest is not whole: %j', async (content) => {
    using data = createDataFolder();
    write(data, '20260131', whole);
    write(data, '20260201', content);
    const { last, unreadable } = await read(data);
    expect(last?.summary).toEqual(whole);
    expect(unreadable).toEqual([join(data.path, toName('20260201'))]);
  });

  it('is none where no run has ended', async () => {
    using data = createDataFolder();
    expect(await read(data)).toEqual({ last: undefined, unreadable: [] });
  });
});
