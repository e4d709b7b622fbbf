import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { knownVariables } from '@cullstream/runtime';
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

it('every variable that settings.md or a deployment names is known, and no other', () => {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const table = [...read('docs/settings.md').matchAll(/`(CULL_[A-Z_]+)`/g)].map(([, name]) => name);
  const deployed = [
    'deploy/.env.example',
    'deploy/compose.yaml',
    'deploy/compose.tls.yaml',
    'deploy/compose.s3.yaml',
  ];
  const named = [...table, ...deployed.flatMap((path) => read(path).match(/CULL_[A-Z_]+/g) ?? [])];
  expect([...knownVariables].sort()).toEqual([...new Set(named)].sort());
});
