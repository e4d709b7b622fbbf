import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { predictedImages } from '../../../store/src/testing/image-results.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { validateDatabases, type ValidateOptions } from './validate-databases.js';

const validate = (
  data: DataFolder,
  options: Partial<ValidateOptions> = {},
  paths: readonly string[] = [],
) => validateDatabases({ data: data.path, ...options }, paths);

describe('databases that are checked', () => {
  it('are those of the data folder, or those that are named, alone or by their folder', async () => {
    using data = createDataFolder();
    const b = await data.store(predictedImages({ project: 'b', groupSizes: [2] }));
    const a = await data.store(predictedImages({ project: 'a', groupSizes: [2] }));
    data.write('training/ai_training_decisions/.hidden.db', '');
    data.write('training/ai_training_decisions/notes.txt', '');
    const validatePaths = async (...paths: string[]) =>
      (await validate(data, {}, paths)).validations.map(({ path }) => path);
    expect(await validatePaths()).toEqual([a.path, b.path]);
    expect(await validatePaths(b.path)).toEqual([b.path]);
    expect(await validatePaths(b.path, join(data.path, 'training/ai_training_decisions'))).toEqual([
      ...[b.path, a.path, b.path],
    ]);
  });

  it('are compared with the images of the originals, and which are not is said', async () => {
    using data = createDataFolder();
    const known = await data.store(predictedImages({ project: 'known', groupSizes: [2] }));
    await data.store(predictedImages({ project: 'gone', groupSizes: [2] }));
    data.write('originals/known/image_000000.png', '');
    data.write('originals/cut.zip', 'no archive');
    await data.store(predictedImages({ project: 'cut', groupSizes: [2] }));
    const { validations, unchecked } = await validate(data, {
      originals: join(data.path, 'originals'),
    });
    const found = validations.find(({ path }) => path === known.path);
    expect(JSON.stringify(found)).toContain('image_000001.png');
    expect(unchecked).toEqual([
      { project: 'cut', message: expect.stringMatching(/^cut\.zip cannot be listed: ./) },
      { project: 'gone', message: 'no source of that name is known' },
    ]);
    const without = await validate(data);
    expect(JSON.stringify(without.validations)).not.toContain('image_000001.png');
    expect(without.unchecked).toEqual([]);
  });

  it('are refused where there are none', async () => {
    using data = createDataFolder();
    await expect(validate(data)).rejects.toThrow(ConfigurationError);
    await expect(validate(data)).rejects.toThrow(
      `${data.path} has no databases yet: \`cullstream run\` makes them; name others, or their ` +
        'folder, or another data folder with ‹data›',
    );
    const missing = join(data.path, 'missing.db');
    await expect(validate(data, {}, [missing])).rejects.toThrow(
      `${missing}: there is no such database or folder; name one, or the data folder with ‹data›`,
    );
    const empty = join(data.path, 'empty');
    mkdirSync(empty);
    await expect(validate(data, {}, [empty])).rejects.toThrow(
      `${empty}: there are no databases in this folder; name them, or the data folder with ‹data›`,
    );
    mkdirSync(join(data.path, 'training/ai_training_decisions'), { recursive: true });
    await expect(validate(data)).rejects.toThrow(`${data.path} has no databases yet`);
  });

  it('are not compared by an inventory alone', async () => {
    using data = createDataFolder();
    const asking = validate(data, { inventory: 'list.yaml' });
    await expect(asking).rejects.toThrow(
      '‹inventory›: it names sources; say where they are: ‹originals›',
    );
  });
});
