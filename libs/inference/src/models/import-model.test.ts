import { copyFile, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { buildDemoCheckpoints } from '../demo/demo-checkpoints.js';
import { buildDemoEncoder } from '../demo/demo-encoder.js';
import { sha256OfFile } from './digest-cache.js';
import { importModel, type ImportOptions } from './import-model.js';
import type { ModelRegistry } from './model-registry.js';

const empty: ModelRegistry = {
  models: [],
  findByName: () => undefined,
  findByDigest: () => undefined,
};

interface Place extends Omit<ImportOptions, 'file'> {
  readonly ranker: string;
  readonly crop: string;
}

async function place(): Promise<Place> {
  const dir = await temporaryFolder();
  const models = await buildDemoCheckpoints({ seed: 1, dir });
  return { ...models, modelsDir: join(dir, 'm'), cacheDir: join(dir, 'c'), registry: empty };
}

describe('importModel', () => {
  it('takes weights with their sidecar, under their own name', async () => {
    const options = await place();
    await writeFile(`${options.ranker}.json`, '{"embedding":"l2"}');
    const imported = await importModel({ ...options, file: options.ranker });
    expect(imported).toMatchObject({ kind: 'ranker', wasThere: false });
    expect(await readdir(options.modelsDir)).toEqual(['demo_ranker.pt', 'demo_ranker.pt.json']);
    expect(await sha256OfFile(imported.path)).toBe(await sha256OfFile(options.ranker));
  });

  it('gives a known model its canonical name', async () => {
    const options = await place();
    const sha256 = await sha256OfFile(options.ranker);
    const file = { name: 'ranker_v9.pt', format: 'torch-zip', sha256, sizeBytes: null, url: null };
    const known = {
      name: 'ranker_v9',
      files: [file],
    } as unknown as ModelRegistry['models'][number];
    const registry = {
      ...empty,
      findByDigest: (digest: string) => (digest === sha256 ? known : undefined),
    };
    await importModel({ ...options, registry, file: options.ranker });
    expect(await readdir(options.modelsDir)).toEqual(['ranker_v9.pt']);
  });

  it('stores the same bytes once', async () => {
    const options = await place();
    const copy = `${options.ranker}.copy.pt`;
    await copyFile(options.ranker, copy);
    await importModel({ ...options, file: options.ranker });
    expect(await importModel({ ...options, file: copy })).toMatchObject({ wasThere: true });
    expect(await readdir(options.modelsDir)).toEqual(['demo_ranker.pt']);
  });

  it('never gives a name that is in use to other bytes', async () => {
    const options = await place();
    await importModel({ ...options, file: options.ranker, name: 'x' });
    await expect(importModel({ ...options, file: options.crop, name: 'x' })).rejects.toThrow(
      'is there with other content',
    );
    expect(await readdir(options.modelsDir)).toEqual(['x.pt']);
  });

  it('gives several at once the same result and leaves nothing behind', async () => {
    const options = await place();
    const all = await Promise.all(
      [1, 2, 3].map(() => importModel({ ...options, file: options.ranker })),
    );
    expect(all.map(({ wasThere }) => wasThere).sort()).toEqual([false, true, true]);
    expect(await readdir(options.modelsDir)).toEqual(['demo_ranker.pt']);
  });

  it('refuses a file with another digest than it should have, and keeps nothing of it', async () => {
    const options = await place();
    const expectedSha256 = '0'.repeat(64);
    await expect(importModel({ ...options, file: options.ranker, expectedSha256 })).rejects.toThrow(
      /SHA-256 [0-9a-f]{64}, expected 0{64}/,
    );
    expect(await readdir(options.modelsDir)).toEqual([]);
  });

  it('names the user’s file when it refuses it', async () => {
    const options = await place();
    const file = join(options.modelsDir, '..', 'notes.pt');
    await writeFile(file, 'nothing');
    await expect(importModel({ ...options, file })).rejects.toThrow(`${file}: not a checkpoint`);
  });

  it.each(['../x', 'a/b', '.hidden'])('refuses the name %s', async (name) => {
    const options = await place();
    await expect(importModel({ ...options, file: options.ranker, name })).rejects.toThrow('‹name›');
  });

  it('takes the external data of an ONNX file along', async () => {
    const options = await place();
    const file = join(options.modelsDir, '..', 'encoder.onnx');
    await buildDemoEncoder({ seed: 1, size: 'small', path: file });
    const beside = (await readdir(join(options.modelsDir, '..'))).filter((name) =>
      name.startsWith('encoder.onnx'),
    );
    await importModel({ ...options, file });
    expect(await readdir(options.modelsDir)).toEqual(beside.sort());
  });

  it('clears away what a killed import left', async () => {
    const options = await place();
    const left = join(options.modelsDir, '.unfinished.4194305-0123456789ab.tmp');
    await mkdir(left, { recursive: true });
    await writeFile(join(left, 'half.pt'), 'half');
    await importModel({ ...options, file: options.ranker });
    expect(await readdir(options.modelsDir)).toEqual(['demo_ranker.pt']);
  });

  it('can take the file itself', async () => {
    const options = await place();
    const file = join(options.modelsDir, '.part.pt');
    await mkdir(options.modelsDir);
    const digest = await sha256OfFile(options.ranker);
    await rename(options.ranker, file);
    const { path } = await importModel({ ...options, file, take: 'move', name: 'ranker_v4' });
    expect(await readdir(options.modelsDir)).toEqual(['ranker_v4.pt']);
    expect(await sha256OfFile(path)).toBe(digest);
  });
});
