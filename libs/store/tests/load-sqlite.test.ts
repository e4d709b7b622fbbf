import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const store = new URL('../dist/index.js', import.meta.url).href;

/** Says whether SQLite's native code is in the process, after importing and after the first use. */
const program = `
  const { Sqlite } = await import('${store}');
  const isLoaded = () =>
    process.report.getReport().sharedObjects.some((path) => path.endsWith('sqlite3.node'));
  const before = isLoaded();
  new Sqlite(':memory:').close();
  console.log(before, isLoaded());
`;

it('loads SQLite with the first use, not while modules are imported', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--input-type=module', '-e', program],
  ]);
  expect(stdout).toBe('false true\n');
});
