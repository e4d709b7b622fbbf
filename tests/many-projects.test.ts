import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDemoModels } from '@cullstream/inference';
import { drawPicture } from '@cullstream/examples';
import { waitFor } from '@cullstream/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countLogLines, toRunArgs, type Example } from './support/example.js';
import { runCli, startCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const PROJECTS = 220;
const OK = 0;
const DONE_WITH_FAILURES = 1;

let folder: string;
let example: Example;

/** A folder of one image each; every hundredth project has an empty file instead. */
async function makeProjects(): Promise<void> {
  const size = { widthPx: 40, heightPx: 50 };
  const picture = await drawPicture({ scene: 3, variant: 0, ...size, format: 'png' });
  for (let project = 0; project < PROJECTS; project++) {
    const path = join(example.originals, `day ${project}`);
    mkdirSync(path, { recursive: true });
    const isEmpty = project % 100 === 50;
    const bytes = Buffer.concat([picture, Buffer.from(`project ${project}`)]);
    writeFileSync(join(path, '20250701_120000_a.png'), isEmpty ? '' : bytes);
  }
}

function countDatabases(data: string): number {
  try {
    const names = readdirSync(join(data, 'training/ai_training_decisions'));
    return names.filter((name) => name.endsWith('.db')).length;
  } catch {
    return 0;
  }
}

describe('hundreds of projects of one image', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-many-'));
    const models = await writeDemoModels(join(folder, 'models'));
    example = { originals: join(folder, 'originals'), models, images: PROJECTS };
    await makeProjects();
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are finished after a kill, each once, and said in a few lines', async () => {
    const data = join(folder, 'data');
    const killed = startCli(toRunArgs(example, data));
    await waitFor(() => countDatabases(data) > 50, { what: '50 databases', timeoutMs: 60_000 });
    killed.child.kill('SIGKILL');
    await killed.result;

    const resumed = await runCli(toRunArgs(example, data));
    expect(resumed.exitCode, resumed.stderr).toBe(DONE_WITH_FAILURES);
    expect(countDatabases(data)).toBe(PROJECTS);
    expect(new Set(Object.values(countLogLines(data)))).toEqual(new Set([1]));
    expect(resumed.stdout).toContain('and 120 more projects; the report and --json list all');
    expect(resumed.stdout).toContain('day 150');
    expect(resumed.stdout.split('\n').length).toBeLessThan(120);
    expect(resumed.stderr.split('\n').length).toBeLessThan(150);

    const again = await runCli(toRunArgs(example, data));
    expect(again.stdout).toContain('220 projects: complete already: nothing was done');
    const proved = await runInProcess(['verify', '--data', data]);
    expect(proved.exitCode, proved.stdout).toBe(OK);
    expect(proved.stdout).toContain('streams: 220 of 220 projects compared, all agree');
  });
});
