import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

it('docs/settings.md and docs/subjects.md are what the code says', async () => {
  await expect(
    run(process.execPath, ['docs/write-tables.js', '--check'], { cwd: root }),
  ).resolves.toBeDefined();
});

it('docs/reliability.md names tests that are there, and every one of `npm run test:faults`', () => {
  const page = readFileSync(join(root, 'docs/reliability.md'), 'utf8');
  const named = [...page.matchAll(/`((?:tests|libs|apps)\/[\w/-]+)`/g)].map(
    ([, path]) => path ?? '',
  );
  expect(named.filter((path) => !existsSync(join(root, `${path}.test.ts`)))).toEqual([]);
  const faults = readdirSync(join(root, 'tests/faults'));
  const left = faults.map((name) => `tests/faults/${name.replace('.test.ts', '')}`);
  expect(left.filter((path) => !named.includes(path))).toEqual([]);
});
