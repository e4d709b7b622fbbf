import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeExample, toRunArgs, type Example } from '../support/example.js';
import { canMount, mountHangingFolder, type HangingFolder } from '../support/hanging-folder.js';
import { findBroker, findService, listProcesses } from '../support/processes.js';
import { runCli, startCli, type RunningCli } from '../support/run-cli.js';

const SERVICES = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'];
const IMAGES_OF_FOLDER = 6;
/** The ten seconds that Ctrl-C may take, and one in which a busy machine sees the end. */
const ENDS_WITHIN_MS = 11_000;

interface Document {
  images: { total: number; embedded: number; failed: number };
  projects: {
    project_id: string;
    status: string;
    failures?: { reason: string; message: string }[];
  }[];
}

let folder: string;

function findPids(run: RunningCli): number[] {
  return SERVICES.flatMap((service) => findService(run.child.pid ?? 0, service));
}

/** One that has ended and was not collected by its parent has no command any more. */
function isRunning(pid: number): boolean {
  return listProcesses().some((each) => each.pid === pid && each.command !== '');
}

/** Holds the only thread of a process, as a database on a drive that is gone does. */
const held = `
  import { startWatchdog } from '${new URL('../../libs/files/dist/index.js', import.meta.url).href}';
  process.on('SIGINT', () => undefined);
  startWatchdog({ afterSeconds: [1, 1], message: 'ended' });
  for (;;);
`;

it.skipIf(process.platform !== 'linux')(
  'a call that never returns keeps nobody from ending the command by Ctrl-C',
  async () => {
    const { execPath } = process;
    const child = spawn(execPath, ['--input-type=module', '-e', held], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const below = (pid: number) => listProcesses().filter(({ parent }) => parent === pid);
    const [watchdog] = await waitFor(
      () => {
        const shells = below(child.pid ?? 0);
        return shells.some(({ pid }) => below(pid).length > 0) && shells;
      },
      { what: 'the watchdog', timeoutMs: 20_000 },
    );
    process.kill(-(child.pid ?? 0), 'SIGINT');
    const [, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    expect(said).toBe('ended\n');
    await waitFor(() => !isRunning(watchdog?.pid ?? 0), {
      what: 'the end of the watchdog',
      timeoutMs: 5_000,
    });
  },
);

describe.skipIf(!canMount())('a drive that does not answer', () => {
  let drive: HangingFolder;
  let behind: Example;

  const freshData = () => join(mkdtempSync(join(folder, 'run-')), 'data');
  const argsFor = (data: string) => {
    const onDrive = { ...behind, originals: join(folder, 'drive') };
    return [...toRunArgs(onDrive, data), '--only', 'loose'];
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-hung-'));
    behind = await makeExample(folder, 2);
    drive = await mountHangingFolder(behind.originals, join(folder, 'drive'));
  });
  afterAll(() => {
    drive.unmount();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Resolves once a call of the run that `start` begins hangs. */
  async function untilHung(what: string, data: string): Promise<RunningCli> {
    await drive.hang(what);
    const before = drive.hung.length;
    const run = startCli(argsFor(data));
    await waitFor(() => drive.hung.length > before, { what: 'a call to hang', timeoutMs: 60_000 });
    return run;
  }

  it('for one file alone costs that image', async () => {
    await drive.hang('reads:20250703_000001_stage2_upscaled.png');
    const result = await runCli([...argsFor(freshData()), '--read-timeout', '1', '--json']);
    expect(result.exitCode, result.stderr).toBe(1);
    const { images, projects } = JSON.parse(result.stdout) as Document;
    expect(images).toMatchObject({ total: IMAGES_OF_FOLDER, failed: 1 });
    expect(projects[0]?.failures).toEqual([
      expect.objectContaining({
        reason: 'unreadable-entry',
        message: expect.stringContaining('while the rest of its drive answers') as string,
      }),
    ]);
    expect(result.stderr).toContain(
      'the embedder ended with signal SIGKILL and is started again: ',
    );
    expect(result.stderr).toContain('the system has not answered for 1 s');
  });

  it('keeps nobody from interrupting the command before its work', async () => {
    const run = await untilHung('everything', freshData());
    process.kill(run.child.pid ?? 0, 'SIGINT');
    expect((await run.result).signal).toBe('SIGINT');
  });

  it('keeps no interrupted run from ending within ten seconds', async () => {
    const run = await untilHung('reads:.png', freshData());
    const askedAtMs = performance.now();
    process.kill(run.child.pid ?? 0, 'SIGINT');
    const { exitCode, stderr } = await run.result;
    expect(performance.now() - askedAtMs).toBeLessThan(ENDS_WITHIN_MS);
    expect(exitCode, stderr).toBe(3);
  });

  it('keeps no process of a killed run', async () => {
    const data = freshData();
    const run = await untilHung('reads:.png', data);
    const pids = findPids(run);
    expect(pids.length).toBeGreaterThan(1);
    process.kill(run.child.pid ?? 0, 'SIGKILL');
    await waitFor(() => !pids.some(isRunning) && findBroker(data).length === 0, {
      what: 'all processes to end',
      timeoutMs: 15_000,
    });
  });
});
