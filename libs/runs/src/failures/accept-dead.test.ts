import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { createLogger } from '@cullstream/runtime';
import { readAcceptances } from '@cullstream/store';
import { describe, expect, it } from 'vitest';
import { failedImage, predictedImages } from '../../../store/src/testing/image-results.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { acceptDead, undoAcceptances } from './accept-dead.js';
import type { DeadSelection } from './dead-entry.js';
import { listDead } from './list-dead.js';
import { listFailedImages } from './list-failed-images.js';

const RUN = '20260131T094500Z-aaaa';

function makeOptions(data: DataFolder, selection: DeadSelection) {
  const notes: string[] = [];
  const env = { NATS_SERVER_BIN: undefined, PATH: undefined };
  const context = {
    target: { kind: 'own', dataDir: data.path, cacheDir: data.path, env } as const,
    log: createLogger('test', 'silent'),
    note: (line: string) => notes.push(line),
  };
  return { folder: { data: data.path }, context, selection, notes };
}

/** A data folder with two failures of one project and one of another. */
async function storeFailures(data: DataFolder): Promise<void> {
  for (const project of ['aurora', 'meadow']) {
    const [first, second] = predictedImages({ project, run: RUN, groupSizes: [], ungrouped: 2 });
    if (!first || !second) throw new Error('both are made');
    const also = project === 'aurora' ? failedImage(second, 'not-an-image') : second;
    await data.store([failedImage(first), also]);
  }
}

const readAccepted = async (data: DataFolder) =>
  (await readAcceptances(data.path)).acceptances.all.map(
    ({ project, reason, why }) => `${project} ${reason} ${why ?? '-'}`,
  );

describe('failures that somebody takes note of', () => {
  it('are those that are chosen, with why', async () => {
    using data = createDataFolder();
    await storeFailures(data);
    const selection = { project: ['aurora'], reason: ['image-truncated'] };
    const accepted = await acceptDead(makeOptions(data, selection), 'a scrap');
    expect(accepted).toMatchObject([
      { project: 'aurora', entry: 'image_000000.png', accepted: { why: 'a scrap' } },
    ]);
    expect(await readAccepted(data)).toEqual(['aurora image-truncated a scrap']);
    const options = makeOptions(data, {});
    const listed = await listDead(options.folder, {}, options.context);
    expect(listed.map(({ accepted: note }) => note?.why)).toEqual([
      'a scrap',
      undefined,
      undefined,
    ]);
  });

  it('are the one whose id begins so', async () => {
    using data = createDataFolder();
    await storeFailures(data);
    const id = (await listFailedImages(data.path)).at(-1)?.id ?? '';
    await acceptDead(makeOptions(data, { ids: [id.slice(0, 8)] }), undefined);
    expect(await readAccepted(data)).toEqual(['meadow image-truncated -']);
  });

  it('keep why they were accepted until another reason is given', async () => {
    using data = createDataFolder();
    await storeFailures(data);
    const options = makeOptions(data, { project: ['meadow'] });
    await acceptDead(options, 'a scrap');
    await acceptDead(options, undefined);
    expect(await readAccepted(data)).toEqual(['meadow image-truncated a scrap']);
    await acceptDead(options, 'the camera broke');
    expect(await readAccepted(data)).toEqual(['meadow image-truncated the camera broke']);
  });

  it('are refused by a reason that nothing fails for: it was meant as why', async () => {
    using data = createDataFolder();
    await storeFailures(data);
    const accepting = acceptDead(
      makeOptions(data, { reason: ['a scrap', 'crc-mismatch'] }),
      undefined,
    );
    await expect(accepting).rejects.toThrow(ConfigurationError);
    await expect(accepting).rejects.toThrow(
      '‹reason›: nothing fails for the reason "a scrap"; it selects failures by theirs, ' +
        'as `cullstream dead list` shows it; ‹why› says why they are accepted',
    );
    await expect(accepting).rejects.not.toThrow('crc-mismatch');
    expect(await readAccepted(data)).toEqual([]);
  });

  it('are none where none is chosen', async () => {
    using data = createDataFolder();
    await storeFailures(data);
    expect(await acceptDead(makeOptions(data, { project: ['other'] }), 'x')).toEqual([]);
    expect(await acceptDead(makeOptions(data, { reason: ['crc-mismatch'] }), 'x')).toEqual([]);
  });

  it('are told of where the file of them was damaged, which is kept', async () => {
    using data = createDataFolder();
    await storeFailures(data);
    data.write('ai_data/accepted_failures.json', '{"v":1');
    const options = makeOptions(data, {});
    await acceptDead(options, undefined);
    expect(options.notes).toEqual([
      expect.stringContaining(`warning: ${join(data.path, 'ai_data/accepted_failures.json')}`),
      expect.stringMatching(
        /^what could not be read is kept as .*accepted_failures\.json\.damaged-/,
      ),
    ]);
    expect(await readAccepted(data)).toHaveLength(3);
  });

  it('are asked for in a data folder that is there', async () => {
    using data = createDataFolder();
    const options = makeOptions(data, {});
    const folder = { data: join(data.path, 'misspelled') };
    await expect(acceptDead({ ...options, folder }, undefined)).rejects.toThrow('misspelled');
  });
});

describe('what was accepted and is taken back', () => {
  it.each([
    [{}, []],
    [{ project: ['aurora'] }, ['meadow image-truncated -']],
    [{ reason: ['not-an-image'] }, ['aurora image-truncated -', 'meadow image-truncated -']],
    [
      { project: ['aurora'], reason: ['image-truncated'] },
      ['aurora not-an-image -', 'meadow image-truncated -'],
    ],
  ])('is chosen by project and reason: %o', async (selection, left) => {
    using data = createDataFolder();
    await storeFailures(data);
    await acceptDead(makeOptions(data, {}), undefined);
    const options = makeOptions(data, selection);
    const undone = await undoAcceptances(options);
    expect(undone).toHaveLength(3 - left.length);
    expect(await readAccepted(data)).toEqual(left);
    expect(options.notes).toEqual([]);
  });

  it('may be repaired by now, and be no failure any more', async () => {
    using data = createDataFolder();
    await storeFailures(data);
    await acceptDead(makeOptions(data, { project: ['meadow'] }), undefined);
    const run = '20260201T094500Z-bbbb';
    await data.store(predictedImages({ project: 'meadow', run, groupSizes: [], ungrouped: 2 }));
    expect(await undoAcceptances(makeOptions(data, { project: ['meadow'] }))).toHaveLength(1);
    expect(await readAccepted(data)).toEqual([]);
  });

  it('is the one of an id', async () => {
    using data = createDataFolder();
    await storeFailures(data);
    await acceptDead(makeOptions(data, {}), undefined);
    const id = (await listFailedImages(data.path)).at(-1)?.id ?? '';
    expect(await undoAcceptances(makeOptions(data, { ids: [id] }))).toMatchObject([
      { project: 'meadow' },
    ]);
    expect(await readAccepted(data)).toEqual(['aurora image-truncated -', 'aurora not-an-image -']);
  });

  it('is nothing where nothing was accepted', async () => {
    using data = createDataFolder();
    await storeFailures(data);
    expect(await undoAcceptances(makeOptions(data, {}))).toEqual([]);
  });
});
