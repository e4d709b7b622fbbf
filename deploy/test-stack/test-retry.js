import { mendOriginals } from './originals.js';

/** What was given up is tried again by the deployed services, before and after it was mended. */
export async function testRetry(stack, { report, originals }) {
  const before = await listDead(stack);
  const again = await retry(stack, '--reason', 'not-an-image');
  report.check(
    '`dead retry` has the deployed services try what is still damaged, to the same end',
    again.code === 1 && again.tried > 0 && again.repaired === 0,
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

async function retry(stack, ...args) {
  const { code, stdout, output } = await stack.cli('dead', 'retry', '--json', ...args);
  return { code, output, ...tryParse(stdout) };
}

async function listDead(stack) {
  return tryParse((await stack.cli('dead', 'list', '--json')).stdout).entries?.length;
}

function tryParse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
