import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { createLogger } from '@cullstream/runtime';
import { describe, expect, it } from 'vitest';
import { createDataFolder } from '../testing/data-folder.js';
import { refuseKnownOriginals } from './refuse-known-originals.js';

const log = createLogger('test', 'silent');

describe('a file that is to be written below originals', () => {
  it('is refused, whichever of them the data folder was given', async () => {
    using folder = createDataFolder();
    const data = join(folder.path, 'data');
    const [one, other] = [join(folder.path, 'one'), join(folder.path, 'other')];
    for (const each of [data, one, other]) mkdirSync(each);
    const projects = [null, one, one, other].map((originals, index) => ({
      ...{ name: `p${index}`, source: 'p', images: 1, inventory: null, originals },
    }));
    folder.write('data/.cullstream/projects.json', JSON.stringify({ v: 1, projects }));
    const refusing = (files: object) => refuseKnownOriginals({ data, ...files }, log);
    await expect(refusing({ out: join(one, 'a.csv') })).rejects.toThrow(ConfigurationError);
    await expect(refusing({ out: join(other, 'a.csv') })).rejects.toThrow(ConfigurationError);
    await expect(refusing({ html: join(other, 'a.html') })).rejects.toThrow(ConfigurationError);
    await expect(refusing({ file: join(one, 'a.jsonl') })).rejects.toThrow(/^file: /);
    await expect(refusing({ out: join(data, 'a.csv') })).resolves.toBeUndefined();
  });

  it('is not looked for where none is written', async () => {
    using folder = createDataFolder();
    folder.write('.cullstream/projects.json', '{"v":2}');
    const data = folder.path;
    await expect(refuseKnownOriginals({ data }, log)).resolves.toBeUndefined();
    await expect(refuseKnownOriginals({ data, out: 'a.csv' }, log)).rejects.toThrow('newer');
    await expect(refuseKnownOriginals({ data, html: 'a.html' }, log)).rejects.toThrow('newer');
  });
});
