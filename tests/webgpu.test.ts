import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readScoredDecisions, type ScoredDecision } from '@cullstream/store';
import { expect, it } from 'vitest';
import { makeExample, toRunArgs } from './support/example.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

/** SwiftShader, a Vulkan device in software, lies beside the browser: Debian's Chromium, Google's Chrome. */
const folders = ['/usr/lib/chromium', '/opt/google/chrome'];
const toDriver = (folder: string) => join(folder, 'vk_swiftshader_icd.json');
const folder = folders.find((each) => existsSync(toDriver(each))) ?? '';
const driver = toDriver(folder);
const onSoftwareCard = { VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: folder };
const embedder = fileURLToPath(new URL('../fixtures/clip/openai_style_jit.pt', import.meta.url));

function readAll(data: string): ScoredDecision[] {
  return ['first', 'loose', 'second'].flatMap((project) => [
    ...readScoredDecisions(join(data, `training/ai_training_decisions/${project}.db`)),
  ]);
}

it.skipIf(!existsSync(driver))('a run on WebGPU decides as one on the processor does', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'cullstream-webgpu-'));
  try {
    const example = await makeExample(scratch, 2);
    const args = (data: string, device: string, ...more: string[]) => [
      ...toRunArgs({ ...example, models: { ...example.models, embedder } }, data),
      ...['--device', device, '--batch', '6', '--preprocess', 'fast', ...more],
    ];
    const [cpu, webgpu] = [join(scratch, 'cpu'), join(scratch, 'webgpu')];
    const none = join(scratch, 'none');
    // What WebGPU does not take is counted and said, before anything starts.
    const refused = await runCli(args(none, 'webgpu', '--precision', 'int8'), onSoftwareCard);
    expect(refused.exitCode, refused.stderr).toBe(2);
    expect(refused.stderr).toMatch(/does not take 20 of 109 nodes: 9 Scan, 9 DynamicQuantize/);
    expect(existsSync(none)).toBe(false);
    const ends = [
      await runInProcess(args(cpu, 'cpu')),
      await runCli(args(webgpu, 'webgpu'), onSoftwareCard),
    ];
    for (const { exitCode, stderr } of ends) expect(exitCode, stderr).toBe(0);
    const [expected, found] = [readAll(cpu), readAll(webgpu)];
    expect(found).toHaveLength(6);
    expect(found.map(({ groupId, selectedIndex }) => [groupId, selectedIndex])).toEqual(
      expected.map(({ groupId, selectedIndex }) => [groupId, selectedIndex]),
    );
    const toNumbers = (all: ScoredDecision[]) =>
      all.flatMap(({ scores, crop, confidence }) => [...scores, ...(crop ?? []), confidence]);
    const others = toNumbers(found);
    for (const [index, value] of toNumbers(expected).entries()) {
      expect(others[index]).toBeCloseTo(value ?? NaN, 4);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
