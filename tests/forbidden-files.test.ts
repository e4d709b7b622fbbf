import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Summary } from '@cullstream/report';
import { expect, it } from 'vitest';
import { boundByPermissions, canBeBound } from './support/bound-by-permissions.js';
import { makeExample, toRunArgs } from './support/example.js';
import { pretendFailures } from './support/pretend-failures.js';
import { startCli } from './support/run-cli.js';

it.skipIf(!canBeBound)(
  'an archive or a database that is forbidden fails its project by name, and the next run takes it up',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cullstream-forbidden-'));
    const data = join(folder, 'data');
    const database = join(data, 'training/ai_training_decisions/loose.db');
    try {
      const example = await makeExample(folder, 1);
      const archive = join(example.originals, 'second.zip');
      chmodSync(archive, 0o000);
      const run = async () => {
        const args = [...toRunArgs(example, data), '--json'];
        const { exitCode, stdout, stderr } = await startCli(args, {}, boundByPermissions).result;
        expect(stderr).not.toMatch(/^ {4}at /m);
        const { projects } = JSON.parse(stdout) as Summary;
        const statuses = projects.map(({ project_id: id, status }) => [id, status]);
        return { exitCode, stdout, statuses: Object.fromEntries(statuses) as object };
      };

      const unread = await run();
      expect(unread.statuses).toEqual({ first: 'success', loose: 'success', second: 'failed' });
      expect(unread.stdout).toMatch(/second\.zip[^"]*permission/);
      expect(unread.exitCode).toBe(1);

      chmodSync(archive, 0o644);
      pretendFailures(database, 1);
      chmodSync(database, 0o444);
      const unwritten = await run();
      expect(unwritten.statuses).toMatchObject({ loose: 'failed', second: 'success' });
      expect(unwritten.stdout).toMatch(/loose\.db[^"]*(permission|read-?only|written)/);
      expect(unwritten.exitCode).toBe(1);

      chmodSync(database, 0o644);
      const last = await run();
      expect(last.statuses, last.stdout).toMatchObject({ loose: 'success' });
      expect(last.exitCode, last.stdout).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
