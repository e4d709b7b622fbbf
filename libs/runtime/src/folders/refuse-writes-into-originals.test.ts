import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseWritesIntoOriginals } from './refuse-writes-into-originals.js';

let root: string;
let originals: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'cullstream-folders-')));
  originals = join(root, 'photos', 'originals');
  mkdirSync(join(originals, 'dalia'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

/** The problem with each setting, without the rest of its sentence. */
function findProblems(settings: Readonly<Record<string, string>>): string[] {
  try {
    refuseWritesIntoOriginals({ originals, ...settings });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map((problem) => problem.replace(/ the folder of .*/, ''));
  }
}

describe('refuseWritesIntoOriginals', () => {
  it('lets folders beside the originals pass, there or not yet', () => {
    mkdirSync(join(root, 'data'));
    expect(findProblems({ data: join(root, 'data'), cache: join(root, 'new', 'cache') })).toEqual(
      [],
    );
    // A folder whose name only begins with the same letters is another folder.
    expect(findProblems({ data: `${originals}-data` })).toEqual([]);
  });

  it('says what is wrong with each of them, and what to do', () => {
    const data = join(originals, 'data');
    expect(() => refuseWritesIntoOriginals({ originals, data })).toThrow(
      `‹data›: ${data} lies below the folder of the originals, ${originals}, where nothing is ever ` +
        'written; choose one elsewhere with ‹data› or CULL_DATA',
    );
    expect(findProblems({ data: originals, cache: join(root, 'photos') })).toEqual([
      `‹data›: ${originals} is`,
      `‹cache›: ${join(root, 'photos')} contains`,
    ]);
  });

  it.each([
    ['s3://photos/2026', 's3://photos/2026/vectors', true],
    ['s3://photos', 's3://photos/vectors', true],
    ['s3://photos/2026/', 's3://photos/2026', true],
    ['s3://photos/2026', 's3://photos/2026-vectors', false],
    ['s3://photos', 's3://vectors', false],
    ['s3://photos', 'packed', false],
  ])('for originals in %s, embeddings in %s are refused: %s', (place, vectors, isRefused) => {
    expect(findProblems({ originals: place, vectors })).toEqual(
      isRefused
        ? [
            `‹vectors›: ${vectors} is among the originals, ${place}, where nothing is ever written; ` +
              'choose another prefix or bucket',
          ]
        : [],
    );
  });

  it.each(['dalia', 'dalia/not/yet', 'dalia/../dalia/', '.', './'])(
    'sees that %s is in the originals, from where it is said',
    (below) => {
      const cwd = process.cwd();
      const data = `${relative(cwd, originals)}/${below}`;
      expect(findProblems({ originals: `${relative(cwd, originals)}/`, data })).toHaveLength(1);
    },
  );

  it('follows links to the data folder, to the originals, and to what does not exist yet', () => {
    symlinkSync(originals, join(root, 'link'));
    symlinkSync(join(originals, 'not-yet'), join(root, 'dangling'));
    symlinkSync('loop', join(root, 'loop'));
    expect(findProblems({ data: join(root, 'link') })).toHaveLength(1);
    expect(findProblems({ data: join(root, 'link', 'new') })).toHaveLength(1);
    expect(findProblems({ data: join(root, 'dangling') })).toHaveLength(1);
    expect(findProblems({ data: join(root, 'loop') })).toEqual([]);
    const viaLink = { originals: join(root, 'link'), data: join(originals, 'data') };
    expect(findProblems(viaLink)).toHaveLength(1);
  });

  it('refuses the same where the originals are away', () => {
    const away = join(root, 'unplugged');
    const settings = { originals: away, data: join(away, 'data'), cache: away };
    expect(findProblems(settings)).toEqual([
      `‹data›: ${away}/data lies below`,
      `‹cache›: ${away} is`,
    ]);
    expect(findProblems({ originals: join(away, 'originals'), data: root })).toEqual([
      `‹data›: ${root} contains`,
    ]);
    expect(findProblems({ originals: away, data: join(root, 'data') })).toEqual([]);
  });

  it('looks at the links inside a data folder, too', () => {
    const data = join(root, 'data');
    mkdirSync(data);
    symlinkSync(join(originals, 'dalia'), join(data, 'training'));
    expect(findProblems({ data })).toEqual([
      `‹data›: ${data}/training (${originals}/dalia) lies below`,
    ]);
  });

  it('counts projects that are links to folders elsewhere as originals', () => {
    const elsewhere = join(root, 'elsewhere', 'mojo');
    mkdirSync(elsewhere, { recursive: true });
    symlinkSync(elsewhere, join(originals, 'mojo'));
    symlinkSync('../..', join(originals, 'loop'));
    expect(findProblems({ data: join(elsewhere, 'data') })).toHaveLength(1);
    expect(findProblems({ data: join(root, 'data') })).toEqual([]);
  });

  it('refuses files to be written there, and lets them stand above', () => {
    expect(findProblems({ html: join(originals, 'page.html') })).toHaveLength(1);
    expect(findProblems({ html: join(root, 'photos', 'page.html') })).toEqual([]);
  });
});
