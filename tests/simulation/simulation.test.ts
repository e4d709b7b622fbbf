import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('dist/simulation/main.js', import.meta.url));

/** So many that the gate has time for; `npm run simulate` runs any number. */
const SEEDS = '1-60';
const FEW_SEEDS = '1-7';

it.each([
  ['', SEEDS],
  ['--vectors packed --pauses', FEW_SEEDS],
  ['--writers 2', FEW_SEEDS],
  ['--bytes object-store', FEW_SEEDS],
])(
  'leaves what a run without faults leaves, whatever happens: %s seeds %s',
  async (ingredients, seeds) => {
    const given = ingredients.split(' ').filter(Boolean);
    const args = [program, '--seeds', seeds, '--workers', '1', ...given];
    const { stdout } = await promisify(execFile)(process.execPath, args).catch((error: unknown) => {
      throw new Error((error as { stdout: string }).stdout, { cause: error });
    });
    expect(stdout).toContain('none failed');
  },
);
