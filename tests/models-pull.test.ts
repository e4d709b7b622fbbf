import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@cullstream/testing';
import { describe, expect, it } from 'vitest';
import { startCli } from './support/run-cli.js';
import { runInProcess, type InProcessResult } from './support/run-in-process.js';
import { toModelsArgs, useModels } from './support/use-models.js';

const USAGE = 2;
const FAILED = 1;

const setUp = useModels();
const pull = (...more: string[]) => pullModel('ranker_v4', ...more);

function pullModel(...more: string[]): Promise<InProcessResult> {
  return runInProcess(toModelsArgs(setUp, 'pull', ...more));
}

/** What a pull must leave: the file by its published name, and nothing else. */
function expectPulled({ exitCode, stderr }: InProcessResult): void {
  expect(exitCode, stderr).toBe(0);
  expect(readdirSync(setUp.modelsDir)).toEqual(['ranker_v4.pt']);
  const stored = readFileSync(join(setUp.modelsDir, 'ranker_v4.pt'));
  expect(stored.equals(readFileSync(setUp.weights.ranker))).toBe(true);
}

describe('models pull', () => {
  it('fetches a known model, and not a second time', async () => {
    expectPulled(await pull());
    expect(setUp.server.requests).toEqual([
      { path: '/published/ranker_v4.pt', range: undefined, ifRange: undefined },
    ]);
    const again = await pull('--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ sha256: setUp.sha256, source: null });
    expect(setUp.server.requests).toHaveLength(1);
  });

  it('continues what a server broke off, if the file is still the same', async () => {
    setUp.server.behave('truncates', 'is busy', 'honest');
    expectPulled(await pull());
    expect(setUp.server.requests.slice(1)).toEqual(
      [1, 2].map(() => ({
        path: '/published/ranker_v4.pt',
        range: expect.stringMatching(/^bytes=[1-9]\d*-$/),
        ifRange: '"one"',
      })),
    );
  });

  it('gives up a server that falls silent, and asks again', async () => {
    setUp.server.behave('stalls', 'honest');
    const pulled = await pull('--stall-seconds', '0.5');
    expectPulled(pulled);
    expect(pulled.stderr).toContain('nothing came for 0.5 s; trying again');
  });

  it('refuses other bytes than were published and removes them', async () => {
    setUp.server.behave('lies');
    const { exitCode, stderr } = await pull();
    expect(exitCode).toBe(FAILED);
    expect(stderr).toContain(`expected ${setUp.sha256}; they were removed`);
    expect(readdirSync(setUp.modelsDir)).toEqual([]);
    setUp.server.behave('honest');
    expectPulled(await pull());
    expect(setUp.server.requests[0]?.range).toBeUndefined();
  });

  it('is continued by the next process after a kill', async () => {
    setUp.server.behave('stalls', 'honest');
    const killed = startCli(toModelsArgs(setUp, 'pull', 'ranker_v4'));
    await waitFor(() => existsSync(setUp.modelsDir) && partBytes() > 1_000, {
      what: 'a part of the file',
      timeoutMs: 20_000,
    });
    killed.child.kill('SIGKILL');
    await killed.result;
    const received = partBytes();
    expectPulled(await pull());
    expect(setUp.server.requests.at(-1)?.range).toBe(`bytes=${received}-`);
  });

  it('takes a mirror or a file as well', async () => {
    expectPulled(await pull('--mirror', `${setUp.server.url}/mirror`));
    expect(setUp.server.requests[0]?.path).toBe('/mirror/ranker_v4.pt');
    rmSync(setUp.modelsDir, { recursive: true });
    expectPulled(await pull('--from', `${setUp.server.url}/elsewhere/x`));
    rmSync(setUp.modelsDir, { recursive: true });
    expectPulled(await pull('--from', setUp.weights.ranker));
    const other = await pullAnew('--from', setUp.weights.crop);
    expect(other.exitCode).toBe(FAILED);
    expect(other.stderr).toContain(`expected ${setUp.sha256}`);
  });

  it('lists what is known when a name is not', async () => {
    const { exitCode, stderr } = await pullModel('ranker_v5');
    expect(exitCode).toBe(USAGE);
    expect(stderr).toContain('"ranker_v5" is no known model; there are: ranker_v4');
  });
});

function partBytes(): number {
  const part = readdirSync(setUp.modelsDir).find((name) => /^\.pull-.*\.pt$/.test(name));
  return part === undefined ? 0 : readFileSync(join(setUp.modelsDir, part)).length;
}

function pullAnew(...more: string[]): Promise<InProcessResult> {
  rmSync(setUp.modelsDir, { recursive: true });
  return pull(...more);
}
