import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { FOLDER_MARKER } from '@cullstream/runtime';
import { waitFor } from '@cullstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findNatsServer } from './server-binary/find-nats-server.js';
import type { Broker } from './broker.js';
import { keepBrokerAlive } from './keep-broker-alive.js';

const platform = { os: process.platform, arch: process.arch };
const cacheDir = fileURLToPath(
  new URL('../../../node_modules/.cache/cullstream/', import.meta.url),
);

describe.skipIf(process.platform === 'win32')('a broker that is kept alive', () => {
  let said: string[];
  const log = pino({ level: 'debug' }, { write: (line) => void said.push(line) });
  let folder: string;
  let broker: Broker | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-alive-'));
    said = [];
  });
  afterEach(async () => {
    await broker?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A server that runs until it is stopped. It then finds the disk full, or does not stop. */
  async function start(giveUpAfterMs: number) {
    const real = await findNatsServer({ env: process.env, cacheDir, log, platform });
    const path = join(folder, 'nats-server');
    const full = join(folder, 'disk-is-full');
    const hung = join(folder, 'hung');
    writeFileSync(
      path,
      `#!/bin/sh\nif [ -e ${full} ]; then\n` +
        'echo "[1] [FTL] Can\'t start JetStream: no space left on device" >&2; exit 1\nfi\n' +
        `if [ -e ${hung} ]; then exec sleep 1000; fi\n` +
        `exec ${real.path} "$@"\n`,
    );
    chmodSync(path, 0o755);
    const storeDir = join(folder, 'broker');
    const binary = { path, version: real.version };
    broker = await keepBrokerAlive({ dataDir: folder, storeDir, binary, log, giveUpAfterMs });
    return { broker, full, hung, storeDir, pidFile: join(storeDir, 'nats-server.pid') };
  }

  function mark(dataDir: string, id: string): void {
    const marker = join(dataDir, FOLDER_MARKER);
    mkdirSync(dirname(marker), { recursive: true });
    writeFileSync(marker, id);
  }

  function pidIn(pidFile: string): number {
    return Number(readFileSync(pidFile, 'utf8'));
  }

  it('comes back at its old address, also after it could not start for a while', async () => {
    const { broker, full, pidFile } = await start(60_000);
    const { url } = broker;
    const first = pidIn(pidFile);
    writeFileSync(full, '');
    process.kill(first, 'SIGKILL');
    await waitFor(() => existsSync(join(folder, 'broker/nats-server.log.1')), {
      what: 'a restart',
      timeoutMs: 20_000,
    });
    rmSync(full);

    await waitFor(() => pidIn(pidFile) !== first, { what: 'another server', timeoutMs: 20_000 });

    expect(broker.url).toBe(url);
  });

  it('is told to stop while it is started again, and leaves nobody on the store', async () => {
    const { broker, hung, storeDir, pidFile } = await start(60_000);
    writeFileSync(hung, '');
    const owner = join(storeDir, 'owner.json');
    const before = readFileSync(owner, 'utf8');
    process.kill(pidIn(pidFile), 'SIGKILL');
    const isTakenAgain = () => readFileSync(owner, 'utf8') !== before;
    await waitFor(isTakenAgain, { what: 'another server', timeoutMs: 20_000 });

    await broker.stop();

    expect(existsSync(owner)).toBe(false);
  });

  it('is not started on the store of another folder that stands in the place of its own', async () => {
    mark(folder, 'one');
    const { pidFile } = await start(60_000);
    const first = pidIn(pidFile);
    renameSync(folder, `${folder}-away`);
    mark(folder, 'two');
    mkdirSync(join(folder, 'broker'));
    process.kill(first, 'SIGKILL');
    await waitFor(() => said.some((line) => line.includes('its folder is away')), {
      what: 'a look at the folder',
      timeoutMs: 20_000,
    });

    expect(readdirSync(join(folder, 'broker'))).toEqual([]);

    rmSync(folder, { recursive: true });
    renameSync(`${folder}-away`, folder);
    await waitFor(() => pidIn(pidFile) !== first, { what: 'another server', timeoutMs: 20_000 });
  });

  it('is given up with its reason when it keeps ending', async () => {
    const { broker, full, pidFile } = await start(1_500);
    writeFileSync(full, '');
    process.kill(pidIn(pidFile), 'SIGKILL');

    await expect(broker.failed).rejects.toThrow(
      /could not be kept alive for 2 s: .*no space left on device.*; end what keeps it from working/,
    );
  });
});
