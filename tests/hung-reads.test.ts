import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeExample, toRunArgs, type Example } from './support/example.js';
import { canMount, mountHangingFolder, type HangingFolder } from './support/hanging-folder.js';
import { findBroker, findService } from './support/processes.js';
import { runCli, startCli, type RunningCli } from './support/run-cli.js';

const SERVICES = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'];
const IMAGES_OF_FOLDER = 6;

interface Document {
  images: { total: number; embedded: number; failed: number };
  projects: {
    project_id: string;
    status: string;
    failures?: { reason: string; message: string }[];
  }[];
}

let folder: string;
let example: Example;

function pidsOf(run: RunningCli): number[] {
  return SERVICES.flatMap((service) => findService(run.child.pid ?? 0, service));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(process.platform === 'win32')('what is no file', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-pipes-'));
    example = await makeExample(folder, 1);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is not opened: a pipe costs the project that it stands for, or nothing', async () => {
    const pipe = join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    symlinkSync(pipe, join(example.originals, 'pipe.zip'));
    symlinkSync(pipe, join(example.originals, 'loose', 'pipe.png'));
    const data = join(folder, 'data');
    const databases = join(data, 'training/ai_training_decisions');
    mkdirSync(databases, { recursive: true });
    mkdirSync(join(data, 'ai_data/cache'), { recursive: true });
    symlinkSync(pipe, join(databases, 'first.db'));
    symlinkSync(pipe, join(data, 'ai_data/cache/processed_images.jsonl.legacy'));
    const { exitCode, stdout, stderr } = await runCli([...toRunArgs(example, data), '--json']);
    expect(exitCode, stderr).toBe(1);
    const { projects } = JSON.parse(stdout) as Document;
    expect(projects.map(({ project_id: id, status }) => [id, status]).sort()).toEqual([
      ['first', 'failed'],
      ['loose', 'success'],
      ['pipe', 'failed'],
      ['second', 'success'],
    ]);
  });

  it.each(['--inventory', '--config', '--embedder', '--ranker'])(
    'is refused as %s in a sentence',
    async (option) => {
      const pipe = join(folder, 'given');
      spawnSync('mkfifo', [`${pipe}.onnx`]);
      const [, ...given] = toRunArgs(example, join(folder, 'data'));
      const { exitCode, stderr } = await runCli(['plan', ...given, option, `${pipe}.onnx`]);
      expect(exitCode, stderr).toBe(2);
      expect(stderr).toContain('given.onnx');
      expect(stderr).not.toMatch(/EFTYPE|^ {4}at /m);
    },
  );
});

describe.skipIf(!canMount())('a drive that does not answer', () => {
  let drive: HangingFolder;
  let data: string;
  let args: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-hung-'));
    const behind = await makeExample(folder, 2);
    const originals = join(folder, 'drive');
    drive = await mountHangingFolder(behind.originals, originals);
    data = join(folder, 'data');
    args = [...toRunArgs({ ...behind, originals }, data), '--only', 'loose'];
  });
  afterAll(() => {
    drive.unmount();
    rmSync(folder, { recursive: true, force: true });
  });

  async function startHanging(...more: string[]): Promise<RunningCli> {
    await drive.hang('reads:.png');
    const before = drive.hung.length;
    const run = startCli([...args, ...more]);
    await waitFor(() => drive.hung.length > before, { what: 'a read to hang', timeoutMs: 60_000 });
    return run;
  }

  it('keeps nobody from interrupting the command: before the work', async () => {
    await drive.hang('everything');
    const before = drive.hung.length;
    const run = startCli(args);
    await waitFor(() => drive.hung.length > before, { what: 'a call to hang', timeoutMs: 60_000 });
    process.kill(run.child.pid ?? 0, 'SIGINT');
    const { signal, stderr } = await run.result;
    expect([signal, stderr]).toEqual(['SIGINT', '']);
  });

  it('and during it, within ten seconds', async () => {
    const run = await startHanging();
    const pids = pidsOf(run);
    const askedAtMs = performance.now();
    process.kill(run.child.pid ?? 0, 'SIGINT');
    const { exitCode, stderr } = await run.result;
    expect(performance.now() - askedAtMs).toBeLessThan(10_000);
    expect(exitCode, stderr).toBe(3);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('keeps no process alive whose command was killed', async () => {
    const run = await startHanging();
    const pids = pidsOf(run);
    expect(pids.length).toBe(SERVICES.length);
    process.kill(run.child.pid ?? 0, 'SIGKILL');
    await waitFor(() => !pids.some(isRunning) && findBroker(data).length === 0, {
      what: 'all of its processes to end',
      timeoutMs: 15_000,
    });
  });

  it('for one file alone, costs that image', async () => {
    const [, ...given] = args;
    await drive.hang('reads:20250703_000001_stage2_upscaled.png');
    const result = await runCli(['run', ...given, '--read-timeout', '1', '--json']);
    expect(result.exitCode, result.stderr).toBe(1);
    const { images, projects } = JSON.parse(result.stdout) as Document;
    expect(images).toMatchObject({ total: IMAGES_OF_FOLDER, failed: 1 });
    expect(projects[0]?.failures).toEqual([
      expect.objectContaining({
        reason: 'unreadable-entry',
        message: expect.stringContaining('while the rest of its drive answers') as string,
      }),
    ]);
    expect(result.stderr).toContain('the embedder is started again: ');
    expect(result.stderr).toContain('the system has not answered for 1 s');
  });
});
