import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const bench = fileURLToPath(new URL('../bench/dist/main.js', import.meta.url));

it('costs no more than it did beside loops that do the same without broker and services', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [bench, '--only', 'smoke']);
  expect(stdout).toContain('cold_vs_bare_loop');
  expect(stdout).toContain('warm_vs_in_process');
});
