import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('dist/simulation/main.js', import.meta.url));

/** So many that the gate has time for; `npm run simulate` runs any number. */
const SEEDS = '1-60';

it(`leaves what a run without faults leaves, whatever happens: seeds ${SEEDS}`, async () => {
  const args = [program, '--seeds', SEEDS, '--workers', '1'];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((error: unknown) => {
    throw new Error((error as { stdout: string }).stdout, { cause: error });
  });
  expect(stdout).toContain('none failed');
});
