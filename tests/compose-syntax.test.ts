import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const cwd = fileURLToPath(new URL('../deploy', import.meta.url));
/** What a deployment must name; the folders are not looked at. */
const env = {
  ...process.env,
  CULL_ORIGINALS_DIR: '/originals',
  CULL_DATA_DIR: '/data',
  CULL_CACHE_DIR: '/cache',
  CULL_ORIGINALS: 's3://pictures',
};

const profiles = ['tools', 'metrics', 'gpu'].flatMap((name) => ['--profile', name]);

function compose(program: string, args: readonly string[], more: Record<string, string> = {}) {
  const [command = '', ...first] = program.split(' ');
  return spawnSync(command, [...first, ...args], {
    cwd,
    env: { ...env, ...more },
    encoding: 'utf8',
  });
}

describe.each(['docker compose', 'docker-compose'])('%s', (program) => {
  const isThere = compose(program, ['version']).status === 0;

  it.runIf(isThere).each([
    ['the deployment', []],
    ['its encrypted form', ['-f', 'compose.yaml', '-f', 'compose.tls.yaml']],
    ['its form for a bucket', ['-f', 'compose.yaml', '-f', 'compose.s3.yaml']],
  ])('accepts %s, with every profile', (_what, options) => {
    const { status, stdout, stderr } = compose(program, [
      ...options,
      ...profiles,
      'config',
      '--services',
    ]);
    expect(status, stderr).toBe(0);
    expect(stdout.split('\n')).toEqual(expect.arrayContaining(['embedder', 'embedder-gpu', 'cli']));
  });

  it.runIf(isThere)('asks for the folders that were not named', () => {
    const { status, stderr } = compose(program, ['config'], { CULL_DATA_DIR: '' });
    expect(status).not.toBe(0);
    expect(stderr).toContain('say in .env where the data folder is');
  });
});
