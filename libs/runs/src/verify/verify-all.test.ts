import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCatalogue } from '@cullstream/catalog';
import { ConfigurationError } from '@cullstream/contracts';
import { logFile } from '@cullstream/report';
import { createLogger } from '@cullstream/runtime';
import { changeAcceptances, identifyProject } from '@cullstream/store';
import { describe, expect, it } from 'vitest';
import { failedImage, predictedImages } from '../../../store/src/testing/image-results.js';
import type { VerifyOptions } from '../options.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { keepVectors } from '../testing/keep-vectors.js';
import { verifyAll, type VerifyContext } from './verify-all.js';

const log = createLogger('test', 'silent');
const toOriginals = (data: DataFolder) => join(data.path, 'originals');

async function verify(data: DataFolder, options: Partial<VerifyOptions> = {}) {
  const env = { NATS_SERVER_BIN: undefined, PATH: undefined };
  const context = {
    target: { kind: 'own', dataDir: data.path, cacheDir: data.path, env },
    log,
    note: () => undefined,
  } as unknown as VerifyContext;
  const settings = { data: data.path, minGroupSize: 2, repair: false, ...options } as VerifyOptions;
  const found = await verifyAll(settings, context);
  if (found === undefined) throw new Error('nothing was repaired');
  return found;
}

/** A project of images that all failed: it is complete, and needs no cache. */
async function storeFailed(data: DataFolder, project: string): Promise<void> {
  data.write(`originals/${project}/1.png`, '');
  const source = { name: project, source: project };
  const options = { originalsDir: toOriginals(data), dataDir: data.path, minGroupSize: 2 };
  const { totals, images: listed } = await readCatalogue(source, options);
  const images = predictedImages({ project, groupSizes: [], ungrouped: 1 });
  const results = images.map((image, sequence) => {
    const { name = '', source: from = image.source } = listed[sequence] ?? {};
    return { ...failedImage(image), project: totals, image: name, source: from };
  });
  await data.store(results);
}

describe('a verification', () => {
  it('proves every project, by its database and its source', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'a');
    await storeFailed(data, 'b');
    const found = await verify(data, { originals: toOriginals(data) });
    expect(found.proofs.map(({ project, failed }) => [project, failed])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(found).toMatchObject({ gaps: [], accepted: [], notes: [], repair: undefined });
    expect(found.streams).toEqual({
      note: 'streams: no broker has worked here',
      ...{ projectsChecked: 0, isRunUnfinished: false, gaps: [], notes: [] },
    });
    const only = await verify(data, { only: ['b'] });
    expect(only.proofs.map(({ project }) => project)).toEqual(['b']);
  });

  it('is refused for names that nothing knows, with originals and without', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'autumn');
    const only = ['autumn', 'autmn', 'x'];
    for (const originals of [undefined, toOriginals(data)]) {
      const refused = verify(data, { only, originals });
      await expect(refused).rejects.toThrow(ConfigurationError);
      await expect(refused).rejects.toThrow(
        /only›: no project "autmn"; did you mean "autumn"\?.*no project "x"; there are: autumn/s,
      );
    }
    const memory = { name: 'x', source: 'x.zip', originals: null, images: 3, inventory: null };
    data.write('.cullstream/projects.json', JSON.stringify({ v: 1, projects: [memory] }));
    const { gaps } = await verify(data, { only: ['x'] });
    expect(gaps).toEqual([expect.stringContaining('x: 3 images known of earlier runs, and no')]);
  });

  it('notes lines of the log and summaries that are damaged', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'a');
    data.write(logFile, '{"project_id":"a"}\n{"project_id":"\n\u0000\u0000\nnull\n');
    data.write('ai_data/batch_predictions_summary_1.json', '{"batch_id":"x"');
    const { gaps, notes } = await verify(data, { originals: toOriginals(data) });
    expect(gaps).toEqual([]);
    expect(notes).toEqual([
      '3 lines of ai_data/batch_predictions_log.jsonl damaged: what they said is lost',
      'ai_data/batch_predictions_summary_1.json cannot be read: what that run reported is lost',
    ]);
  });

  it('names the project of every gap', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'a');
    data.write('originals/a/2.png', '');
    data.write('originals/new/1.png', '');
    data.write('originals/empty/readme.txt', '');
    data.write('originals/cut.zip', 'no archive');
    const { gaps } = await verify(data, { originals: toOriginals(data) });
    expect(gaps).toEqual([
      expect.stringMatching(/^a: the output is stale/),
      expect.stringMatching(/^cut: its source cannot be compared/),
      'new: 1 image and no database; `cullstream run` makes it',
    ]);
  });

  it('counts as accepted what somebody took note of', async () => {
    using data = createDataFolder();
    data.write('originals/new/1.png', '');
    const failed = { project_id: 'new', zip_file: 'new', message: 'it ends', source_content: null };
    const project = { ...failed, status: 'failed' };
    const whole = { results: {}, images: {}, groups: {}, projects: [project] };
    data.write(
      'ai_data/batch_predictions_summary_1.json',
      JSON.stringify({ batch_id: 'r1', completed_at: 'at noon', ...whole }),
    );
    const acceptance = { ...identifyProject(failed), at: '2026-02-01T00:00:00.000Z', why: 'old' };
    await changeAcceptances(data.path, (all) => all.with([acceptance]));
    expect(await verify(data, { originals: toOriginals(data) })).toMatchObject({
      gaps: [],
      accepted: [{ project: 'new', gap: expect.stringContaining('1 image and no'), why: 'old' }],
    });
  });

  it('tells of a database that is none any more, by the log', async () => {
    using data = createDataFolder();
    await storeFailed(data, 'a');
    const name = 'training/ai_training_decisions/lost.db';
    data.write(name, 'no database');
    data.write(logFile, `{"database": "${name}"}\n`);
    const { gaps, proofs } = await verify(data);
    expect(gaps).toEqual([
      `lost: ${name} is damaged: it is no SQLite database any more, or cannot be read`,
    ]);
    expect(proofs.at(-1)?.repairable.database).toBe(true);
    expect((await verify(data, { only: ['a'] })).gaps).toEqual([]);
  });

  it('notes damaged lines of the cache index, and acceptances that cannot be read', async () => {
    using data = createDataFolder();
    const [image] = predictedImages({ project: 'a', groupSizes: [], ungrouped: 1 });
    if (image === undefined) throw new Error('one is made');
    await data.store([image]);
    await keepVectors(data.path, [image]);
    const index = 'ai_data/cache/processed_images.jsonl';
    const lines = readFileSync(join(data.path, index), 'utf8');
    data.write(index, lines.replace('640', '641'));
    data.write('ai_data/accepted_failures.json', '{');
    const { notes } = await verify(data);
    expect(notes).toEqual([
      '1 line of the cache index damaged or torn, left out wherever it is read',
      expect.stringContaining('accepted_failures.json cannot be read'),
    ]);
  });
});
