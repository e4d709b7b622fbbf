import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from '../src/index.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silent } from './broker-fixture.js';

const hasApt = await access('/usr/bin/apt-get').then(
  () => true,
  () => false,
);
const TOOLS = '/usr/bin:/bin';

describe.skipIf(!hasApt)("Debian's package of nats-server", () => {
  let cacheDir: string;
  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), 'cull-cache-'));
  });
  afterAll(() => rm(cacheDir, { recursive: true, force: true }));

  function find() {
    return findNatsServer({
      env: { PATH: TOOLS },
      cacheDir,
      log: silent,
      platform: { os: 'linux', arch: process.arch },
    });
  }

  it('is fetched once by two processes that need it, and then found in the cache', async () => {
    const found = await Promise.all([find(), find()]);

    expect(found.map(({ how }) => how).sort()).toEqual(['cache', 'debian-package']);
    const [{ path, version }] = found;
    expect(await find()).toEqual({ path, version, how: 'cache' });
    expect(await readdir(cacheDir)).toEqual(['nats-server', 'nats-server.lck']);
  });
});
