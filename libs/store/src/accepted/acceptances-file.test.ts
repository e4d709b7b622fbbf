import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTemporaryData } from '../testing/temporary-data.js';
import type { Acceptance } from './acceptance.js';
import { changeAcceptances, readAcceptances } from './acceptances-file.js';

const makeAcceptance = (image: string): Acceptance => ({
  kind: 'image',
  project: 'dalia',
  image,
  stage: 'embedder',
  reason: 'not-an-image',
  content: 'crc32 00000abc size 60',
  why: null,
  at: '2026-01-01T00:00:00.000Z',
});

describe('the file of accepted failures', () => {
  it('holds what several accept at the same time', async () => {
    using data = createTemporaryData();
    const names = ['a.png', 'b.png', 'c.png', 'd.png'];
    await Promise.all(
      names.map((name) =>
        changeAcceptances(data.dataDir, (all) => all.with([makeAcceptance(name)])),
      ),
    );
    const { acceptances } = await readAcceptances(data.dataDir);
    expect(acceptances.all.map(({ image }) => image).sort()).toEqual(names);
  });

  it.each(['{"v":1,"accep', '{"v":2,"accepted":[]}', '[]'])(
    'is named where it is damaged, and kept aside: %s',
    async (text) => {
      using data = createTemporaryData();
      const folder = join(data.dataDir, 'ai_data');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'accepted_failures.json'), text);
      const { acceptances, problem } = await readAcceptances(data.dataDir);
      expect(acceptances.all).toEqual([]);
      expect(problem).toContain(join(folder, 'accepted_failures.json'));
      const aside = await changeAcceptances(data.dataDir, (all) =>
        all.with([makeAcceptance('a.png')]),
      );
      expect(readFileSync(aside ?? '', 'utf8')).toBe(text);
      expect(readdirSync(folder)).toHaveLength(2);
      expect((await readAcceptances(data.dataDir)).problem).toBeUndefined();
    },
  );
});
