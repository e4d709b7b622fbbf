import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import { serviceNames, startService } from './support/deployed-services.js';

const bin = new URL('../apps/cli/bin/', import.meta.url);
const nodeProblem = createRequire(import.meta.url)('../apps/cli/bin/node-problem.js') as (
  version: string,
) => string | undefined;

describe('the command under a Node that is too old', () => {
  it.each(['cullstream.js', 'node-problem.js'])('can read %s', (name) => {
    const code = readFileSync(new URL(name, bin), 'utf8').replace(/^#!.*/, '');
    const languageOptions = { ecmaVersion: 5, sourceType: 'commonjs' } as const;
    expect(new Linter().verify(code, { languageOptions })).toEqual([]);
  });

  it.each(['0.12.18', '12.22.12', '18.20.4', '20.18.3'])('says what it needs: %s', (version) => {
    expect(nodeProblem(version)).toMatch(
      `cullstream needs Node 20.19 or newer, and this is ${version}:`,
    );
  });

  it.each(['20.19.0', '22.0.0', '24.11.1', '26.0.0'])('starts with %s', (version) => {
    expect(nodeProblem(version)).toBeUndefined();
  });
});

const otherNode = fileURLToPath(new URL('support/pretend-other-node.cjs', import.meta.url));

it.concurrent.each(serviceNames)(
  'a deployed %s of another Node asks for npm rebuild',
  async (name) => {
    const { exitCode, log } = await startService(name, {
      CULL_NATS_URL: 'nats://127.0.0.1:1',
      CULL_ORIGINALS: 'originals',
      CULL_DATA: 'data',
      NODE_OPTIONS: `--require ${otherNode}`,
    }).ended;
    const lines = log.trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/\w+ was installed for another Node than this one .*`npm rebuild`/);
    expect(exitCode).toBe(2);
  },
);
