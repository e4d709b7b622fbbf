import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { runInProcess, type InProcessResult } from './support/run-in-process.js';

const FAILED = 1;
const WRONG_USAGE = 2;

interface Entry {
  id: string;
  project: string;
  entry: string;
  accepted: { why: string | null } | null;
}

let folder: string;
let example: Example;
let data: string;

const run = (...more: string[]): Promise<InProcessResult> =>
  runInProcess([...toRunArgs(example, data), ...more]);
const accept = (...more: string[]) => runInProcess(['dead', 'accept', '--data', data, ...more]);

async function verify(...more: string[]): Promise<unknown> {
  const where = ['--data', data, '--originals', example.originals];
  const { stdout } = await runInProcess(['verify', ...where, '--json', ...more]);
  return JSON.parse(stdout) as unknown;
}

async function listDead(): Promise<Entry[]> {
  const { stdout } = await runInProcess(['dead', 'list', '--data', data, '--json']);
  return (JSON.parse(stdout) as { entries: Entry[] }).entries;
}

describe('failures that are accepted', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-accept-'));
    example = await makeExample(folder, 4);
    data = join(folder, 'data');
    expect((await run()).exitCode).toBe(FAILED);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are those that exist: a misspelled id or a text as reason is refused', async () => {
    expect((await accept('i0000')).exitCode).toBe(WRONG_USAGE);
    const refused = await accept('--reason', 'lens cap');
    expect(refused.exitCode).toBe(WRONG_USAGE);
    expect(refused.stderr).toContain('--why');
  });

  it('are not said to be none where only what was chosen is none', async () => {
    for (const [command = '', none] of [
      ['list', 'nothing was given up'],
      ['accept', 'nothing to accept'],
    ]) {
      const args = ['dead', command, '--data', data, '--project', 'misspelled'];
      const { stdout } = await runInProcess(args);
      expect(stdout).toContain(`${none} of what --project and --reason choose`);
    }
  });

  it('count no more in the exit code, and are listed as accepted', async () => {
    const accepted = await accept('--why', 'the card was faulty');
    expect(accepted.exitCode, accepted.stderr).toBe(0);
    expect((await listDead()).map((entry) => entry.accepted?.why)).toEqual(
      Array<string>(3).fill('the card was faulty'),
    );
    const again = await run();
    expect(again.exitCode, again.stdout).toBe(0);
    expect(again.stdout).toContain('3 failed, all accepted');
  });

  it('stay accepted when all is done anew under another broker store, and on the page of the summary', async () => {
    for (const gone of ['training', '.cullstream']) rmSync(join(data, gone), { recursive: true });
    const anew = await run();
    expect(anew.exitCode, anew.stdout).toBe(0);
    const page = /report: (.*\.html)/.exec(anew.stdout)?.[1] ?? '';
    expect(readFileSync(page, 'utf8')).toContain('the card was faulty');
  });

  it('cover neither the same image with other content nor another image', async () => {
    const loose = join(example.originals, 'loose');
    const [, known] = await listDead();
    writeFileSync(join(loose, known?.entry ?? ''), 'no image, and not the one that was accepted');
    const sound = readdirSync(loose).find((name) => name.endsWith('stage1_generated.png'));
    writeFileSync(join(loose, sound ?? ''), 'no image either');
    const changed = await run();
    expect(changed.exitCode, changed.stdout).toBe(FAILED);
    expect(changed.stdout).toContain('4 failed, 2 of them accepted');
    expect((await accept('--project', 'loose')).exitCode).toBe(0);
    expect((await run()).exitCode).toBe(0);
  });

  it('count again once that is taken back', async () => {
    expect((await accept('--undo')).exitCode).toBe(0);
    expect((await listDead()).map(({ accepted }) => accepted)).toEqual([null, null, null, null]);
    expect((await run()).exitCode).toBe(FAILED);
  });

  it('may be whole projects, until their source is another one', async () => {
    const broken = join(example.originals, 'broken.zip');
    const only = ['--only', 'broken'];
    const plan = () => runInProcess(['plan', ...toRunArgs(example, data).slice(1), ...only]);
    writeFileSync(broken, 'no archive');
    expect((await run(...only)).exitCode).toBe(FAILED);
    const [entry] = (await listDead()).filter(({ project }) => project === 'broken');
    const accepted = await accept(entry?.id ?? '', '--why', 'lost with its card');
    expect(accepted.exitCode, accepted.stderr).toBe(0);
    const again = await run(...only);
    expect(again.exitCode, again.stdout).toBe(0);
    expect(again.stdout).toContain('1 project failed, all accepted');
    expect(again.stdout).toContain('(accepted: lost with its card)');
    expect((await plan()).exitCode).toBe(0);
    expect(await verify(...only)).toMatchObject({
      complete: true,
      gaps: [],
      accepted: [{ project: 'broken', why: 'lost with its card' }],
    });
    expect((await accept('--undo', '--project', 'broken')).exitCode).toBe(0);
    expect((await plan()).exitCode).toBe(FAILED);
    expect((await accept('--project', 'broken')).exitCode).toBe(0);
    expect((await plan()).exitCode).toBe(0);
    writeFileSync(broken, 'no archive either');
    expect((await plan()).exitCode).toBe(FAILED);
    expect(await verify(...only)).toMatchObject({ complete: false, accepted: [] });
    // A run of others leaves it as it is.
    await run('--only', 'loose');
    expect((await listDead()).map(({ project }) => project)).toContain('broken');
  });
});
