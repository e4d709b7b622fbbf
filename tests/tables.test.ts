import { execFile } from 'node:child_process';
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
