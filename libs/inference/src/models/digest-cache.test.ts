import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DigestCache } from './digest-cache.js';

const MOST_FILES = 200;

describe('digests of files', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cullstream-digests-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const store = () => join(folder, 'digests.json');
  const remembered = () => Object.keys(JSON.parse(readFileSync(store(), 'utf8')) as object);
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

  it('are those of what a file holds now', async () => {
    const digests = new DigestCache(folder);
    const model = join(folder, 'ranker.pt');
    for (const content of ['first', 'second, which is longer']) {
      writeFileSync(model, content);
      expect(await digests.readSha256(model)).toBe(sha256(content));
    }
    expect(remembered()).toEqual([model]);
  });

  it('are forgotten for the files that were read longest ago', async () => {
    const known = { sizeBytes: 1, modifiedMs: 1, sha256: '0'.repeat(64) };
    const paths = Array.from({ length: MOST_FILES }, (_unused, index) => `/models/${index}.pt`);
    const [, ...others] = paths;
    writeFileSync(store(), JSON.stringify(Object.fromEntries(paths.map((path) => [path, known]))));
    const model = join(folder, 'ranker.pt');
    writeFileSync(model, 'weights');
    expect(await new DigestCache(folder).readSha256(model)).toBe(sha256('weights'));
    expect(remembered()).toEqual([...others, model]);
  });
});
