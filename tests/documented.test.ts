import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDemoEncoderCheckpoint } from '@cullstream/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeExample, type Example } from './support/example.js';
import { startFileServer, type FileServer } from './support/file-server.js';
import { runCli } from './support/run-cli.js';
import { runInProcess } from './support/run-in-process.js';

const text = readFileSync(new URL('../docs/models.md', import.meta.url), 'utf8');
/** The three commands at the top of the page. */
const commands = (/```sh\n([^`]+)```/.exec(text)?.[1] ?? '').trim().split('\n');

let folder: string;
let example: Example;
let server: FileServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-documented-'));
  example = await makeExample(folder, 1);
  const file = join(folder, 'published.pt');
  const size = 'small';
  await buildDemoEncoderCheckpoint({ seed: 1, size, path: file, format: 'torchscript' });
  const bytes = readFileSync(file);
  server = await startFileServer(bytes);
  publish(bytes);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A registry whose CLIP is small, made up, and published here. */
function publish(bytes: Buffer): void {
  const known = readFileSync(new URL('../models/clip-vit-b-32.json', import.meta.url), 'utf8');
  const descriptor = JSON.parse(known) as { files: object[] };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const url = `${server.url}/ViT-B-32.pt`;
  descriptor.files = [{ ...descriptor.files[0], sha256, url }];
  mkdirSync(join(folder, 'registry'));
  writeFileSync(join(folder, 'registry/clip-vit-b-32.json'), JSON.stringify(descriptor));
}

/** Arguments of a documented command, with files of this test and in a data folder of its own. */
function toArguments(command: string | undefined): string[] {
  const files: Record<string, string> = {
    '/media/originals': example.originals,
    'ranker_v4.pt': example.models.ranker,
    'crop_proposer_v3.pt': example.models.crop,
  };
  const [npx, program, ...args] = (command ?? '').split(/\s+/);
  expect([npx, program]).toEqual(['npx', 'cullstream']);
  return [...args.map((arg) => files[arg] ?? arg), '--data', join(folder, 'data')];
}

describe('the three commands of docs/models.md', () => {
  it('lead from a clone to a run with checkpoints of one’s own', async () => {
    expect(commands).toHaveLength(3);
    expect(commands[0]).toBe('npm ci');
    const here = ['--registry', join(folder, 'registry'), '--cache', join(folder, 'cache')];
    const pulled = await runInProcess([...toArguments(commands[1]), ...here]);
    expect(pulled.exitCode, pulled.stderr).toBe(0);
    const { exitCode, stdout, stderr } = await runCli(toArguments(commands[2]));
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('9 images: 9 embedded');
  });
});
