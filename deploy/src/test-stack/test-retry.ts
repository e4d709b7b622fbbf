import { mendOriginals } from './originals.js';
import type { Stack, TestSet } from './stack.js';

/**
 * Tests that the deployed services retry what has failed, before and after the cause is removed.
 */
export async function testRetry(stack: Stack, { report, originals }: TestSet): Promise<void> {
  const before = await listDead(stack);
  const again = await retry(stack, '--reason', 'not-an-image');
  report.check(
    '`dead retry` has the deployed services try what is still damaged, to the same end',
    again.code === 1 && (again.tried ?? 0) > 0 && again.repaired === 0,
    again.output,
  );
  await mendOriginals(originals);
  const mended = await retry(stack, '--project', 'meadow');
  report.check(
    'and what has been mended, to a good one',
    mended.code === 0 && mended.tried === 1 && mended.repaired === 1,
    mended.output,
  );
  const after = await listDead(stack);
  report.check('which is all that changes', after === before - 1, `${before}, then ${after}`);
}

async function retry(stack: Stack, ...args: readonly string[]) {
  const { code, stdout, output } = await stack.cli('dead', 'retry', '--json', ...args);
  return { code, output, ...tryParse<{ tried: number; repaired: number }>(stdout) };
}

async function listDead(stack: Stack): Promise<number> {
  const { stdout } = await stack.cli('dead', 'list', '--json');
  return tryParse<{ entries: unknown[] }>(stdout).entries?.length ?? NaN;
}

function tryParse<T>(text: string): Partial<T> {
  try {
    return JSON.parse(text) as Partial<T>;
  } catch {
    return {};
  }
}
