import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BusLog } from '@cullstream/bus';
import { findNatsServer, type FindNatsServerOptions } from './find-nats-server.js';
import { officialReleaseFor } from './official-releases.js';

const silent: BusLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const isPosix = process.platform !== 'win32';

describe.skipIf(!isPosix)('findNatsServer', () => {
  let root: string;
  let cacheDir: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'cull-find-'));
    cacheDir = join(root, 'cache');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** A program that prints the version of a nats-server. */
  async function program(folder: string, version: string): Promise<string> {
    const path = join(root, folder, 'nats-server');
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(path, `#!/bin/sh\necho 'nats-server: v${version}'\n`);
    await chmod(path, 0o755);
    return path;
  }

  function find(
    env: FindNatsServerOptions['env'],
    more: Partial<FindNatsServerOptions> = {},
  ): ReturnType<typeof findNatsServer> {
    return findNatsServer({
      env,
      cacheDir,
      log: silent,
      platform: { os: 'plan9', arch: 'mips' },
      ...more,
    });
  }

  it('prefers NATS_SERVER_BIN to everything else', async () => {
    const path = await program('mine', '2.11.0');
    await program('bin', '2.12.0');

    expect(await find({ NATS_SERVER_BIN: path, PATH: join(root, 'bin') })).toEqual({
      path,
      version: '2.11.0',
      how: 'NATS_SERVER_BIN',
    });
  });

  it('fails on a NATS_SERVER_BIN that does not work, whatever else there is', async () => {
    await program('bin', '2.12.0');

    const finding = find({ NATS_SERVER_BIN: join(root, 'none'), PATH: join(root, 'bin') });

    await expect(finding).rejects.toBeInstanceOf(ConfigurationError);
    await expect(finding).rejects.toThrow(`NATS_SERVER_BIN: ${join(root, 'none')} cannot be run`);
  });

  it('takes the first usable one on PATH before the cache', async () => {
    await program('old', '2.8.4');
    const path = await program('bin', '2.10.1');
    await program('cache/nats-server/debian-2.12.0', '2.12.0');

    expect(await find({ PATH: `${join(root, 'old')}:${join(root, 'bin')}` })).toEqual({
      path,
      version: '2.10.1',
      how: 'PATH',
    });
  });

  it('takes the newest of the cache', async () => {
    await program('cache/nats-server/debian-2.9.10', '2.9.10');
    const path = await program('cache/nats-server/official-2.12.15', '2.12.15');

    expect(await find({ PATH: '' })).toEqual({ path, version: '2.12.15', how: 'cache' });
  });

  it('names every way when none works, and why it did not', async () => {
    await program('old', '2.8.4');

    const finding = find({ PATH: join(root, 'old') });

    await expect(finding).rejects.toMatchObject({
      name: 'ConfigurationError',
      problems: [expect.stringMatching(/PATH.*NATS_SERVER_BIN.*NATS_URL.*Debian.*official/s)],
    });
    await expect(finding).rejects.toThrow(
      `What was tried: PATH: ${join(root, 'old', 'nats-server')} is version 2.8.4; 2.9.10 or newer is needed; ` +
        "Debian's package: plan9 has no Debian packages; " +
        'the official release: no checksum is pinned for plan9 mips',
    );
  });

  it.each([
    ['has no tools for it', {}, 'this machine has no apt-get'],
    [
      'has no network',
      { 'apt-get': 'echo "E: Unable to locate package nats-server" >&2; exit 100' },
      'apt-get cannot fetch it: no network, or no source of packages that has it',
    ],
    [
      'gets a package that is cut',
      { 'apt-get': ': > nats-server.deb', 'dpkg-deb': 'echo "dpkg-deb: error: eof" >&2; exit 2' },
      'dpkg-deb cannot unpack it',
    ],
    [
      'has a full disk',
      { 'apt-get': 'echo "E: write (28: No space left on device)" >&2; exit 100' },
      'the disk of the cache is full',
    ],
  ])('says in plain words why a machine that %s has none', async (_what, tools, why) => {
    await mkdir(join(root, 'tools'));
    for (const [name, script] of Object.entries(tools)) {
      await writeFile(join(root, 'tools', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const release = { version: '2.12.99', sha256: '', url: 'http://127.0.0.1:1/release.tar.gz' };

    const finding = find(
      { PATH: join(root, 'tools') },
      { platform: { os: 'linux', arch: 'x64' }, release },
    );

    await expect(finding).rejects.toMatchObject({
      problems: [
        expect.stringContaining(
          `Debian's package: ${why}; the official release: ${release.url} cannot be downloaded: ` +
            '127.0.0.1:1 cannot be reached',
        ),
      ],
    });
  });

  it('goes on where an older version left its lock behind', async () => {
    await mkdir(cacheDir, { recursive: true });
    await writeFile(join(cacheDir, 'nats-server.lock'), String(process.pid));

    await expect(find({ PATH: '' })).rejects.toThrow('no nats-server was found');
  });

  describe('with an official release to download', () => {
    let server: Server;
    let archive: Buffer;
    beforeEach(async () => {
      await program('nats-server-v2.12.99-linux', '2.12.99');
      execFileSync('tar', [
        '-czf',
        join(root, 'r.tar.gz'),
        '-C',
        root,
        'nats-server-v2.12.99-linux',
      ]);
      archive = await readFile(join(root, 'r.tar.gz'));
      server = createServer((request, response) => {
        response.statusCode = request.url === '/release.tar.gz' ? 200 : 404;
        response.end(archive);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
    });
    afterEach(() => server.close());

    function release(file: string, sha256: string) {
      const { port } = server.address() as AddressInfo;
      return { version: '2.12.99', sha256, url: `http://127.0.0.1:${port}/${file}` };
    }

    it('uses it when its checksum is the pinned one', async () => {
      const sha256 = createHash('sha256').update(archive).digest('hex');

      const found = await find({ PATH: '' }, { release: release('release.tar.gz', sha256) });

      expect(found).toEqual({
        path: join(cacheDir, 'nats-server', 'official-2.12.99', 'nats-server'),
        version: '2.12.99',
        how: 'official-release',
      });
      expect(await readdir(cacheDir)).toEqual(['nats-server', 'nats-server.lck']);
    });

    it('uses nothing of it when its checksum is another', async () => {
      const finding = find({ PATH: '' }, { release: release('release.tar.gz', '0'.repeat(64)) });

      await expect(finding).rejects.toThrow(`not ${'0'.repeat(64)}: not used`);
      expect(await readdir(join(cacheDir, 'nats-server'))).toEqual([]);
    });

    it('says what the server answered when there is nothing to download', async () => {
      const finding = find({ PATH: '' }, { release: release('gone', '0'.repeat(64)) });

      await expect(finding).rejects.toThrow('/gone cannot be downloaded: HTTP status 404');
    });
  });

  it('pins a release for the usual platforms and for no others', () => {
    const platforms = [
      ['linux', 'x64'],
      ['linux', 'arm64'],
      ['darwin', 'arm64'],
      ['win32', 'x64'],
      ['freebsd', 'x64'],
    ] as const;

    const urls = platforms.map(([os, arch]) => officialReleaseFor({ os, arch })?.url);

    expect(urls.map((url) => url?.split('/').at(-1))).toEqual([
      'nats-server-v2.12.15-linux-amd64.tar.gz',
      'nats-server-v2.12.15-linux-arm64.tar.gz',
      'nats-server-v2.12.2-darwin-arm64.tar.gz',
      'nats-server-v2.12.15-windows-amd64.zip',
      undefined,
    ]);
  });
});
