import { readdirSync, readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { connectBus, ensureStreams, readLastEvent } from '@cullstream/bus';
import { startEmbeddedBroker, type EmbeddedBroker, type NatsServerBinary } from '../src/index.js';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  imageSubject,
  natsServer,
  newRun,
  publishTexts,
  silent,
  toText,
} from './broker-fixture.js';

const SOON = { timeout: 20_000, interval: 25 };
const POLLED = { timeout: 20_000, interval: 2 };
const builtBus = new URL('../dist/index.js', import.meta.url).href;

/** A zombie that nobody has reaped is not running: it has no command line. */
function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

/** Guards and servers of a store. */
function processesOn(storeDir: string): { pid: number; line: string }[] {
  const config = join(storeDir, 'nats-server.conf');
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!(pid > 0)) return [];
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return line.endsWith(config) ? [{ pid, line }] : [];
    } catch {
      return []; // It has just ended.
    }
  });
}

describe('the embedded broker', () => {
  let binary: NatsServerBinary;
  let storeDir: string;
  const started: EmbeddedBroker[] = [];

  beforeAll(async () => {
    binary = await natsServer();
  });
  beforeEach(async () => {
    storeDir = await mkdtemp(join(tmpdir(), 'cull-broker-'));
  });
  afterEach(async () => {
    for (const broker of started.splice(0)) await broker.stop();
    await rm(storeDir, { recursive: true, force: true });
  });

  async function start(more: { port?: number; credentials?: EmbeddedBroker['credentials'] } = {}) {
    const broker = await startEmbeddedBroker({ storeDir, binary, log: silent, ...more });
    started.push(broker);
    return broker;
  }

  function connect({ url, credentials }: Pick<EmbeddedBroker, 'url' | 'credentials'>) {
    return connectBus({
      url,
      credentials,
      name: 'test',
      log: silent,
      firstConnectTimeoutMs: 10_000,
    });
  }

  /** A process of its own that starts a broker on the store and waits to be killed. */
  function spawnOwner() {
    const script = `
      import { startEmbeddedBroker } from ${JSON.stringify(builtBus)};
      const nothing = () => undefined;
      const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
      const [storeDir, path, version] = process.argv.slice(1);
      const broker = await startEmbeddedBroker({ storeDir, binary: { path, version }, log });
      process.send({ pid: broker.pid });
      setInterval(nothing, 1000);
    `;
    return spawn(
      process.execPath,
      ['--input-type=module', '-e', script, storeDir, binary.path, binary.version],
      {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        cwd: fileURLToPath(new URL('..', import.meta.url)),
      },
    );
  }

  async function startInOtherProcess() {
    const owner = spawnOwner();
    const [message] = (await once(owner, 'message')) as [{ pid: number }];
    return { owner, serverPid: message.pid };
  }

  it('serves those who know its credentials, and nobody else', async () => {
    const broker = await start();

    const bus = await connect(broker);
    expect(bus.connection.info?.version).toBe(binary.version);
    await bus.close();

    const stranger = connectBus({ url: broker.url, name: 'stranger', log: silent });
    await expect(stranger).rejects.toThrow('refused the credentials');
  });

  it('is told to keep little memory', async () => {
    const { pid } = await start();
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    expect(environment.split('\0')).toContain('GOMEMLIMIT=180MiB');
  });

  it('keeps its credentials in a file that only its user can read', async () => {
    const { credentials } = await start();
    const path = join(storeDir, 'nats-server.conf');

    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).toContain(credentials.password);
    const commandLine = await readFile(`/proc/${started[0]?.pid ?? 0}/cmdline`, 'utf8');
    expect(commandLine).not.toContain(credentials.password);
  });

  it('is gone when stopped, and has its messages when started again', async () => {
    const first = await start();
    const bus = await connect(first);
    await ensureStreams(bus);
    const subject = imageSubject(newRun());
    await publishTexts(bus, subject, ['kept']);
    await bus.close();

    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const { port, credentials } = first;
    const second = await start({ port, credentials });

    const again = await connect(second);
    expect(toText((await readLastEvent(again, 'IMAGES', subject))?.data ?? new Uint8Array())).toBe(
      'kept',
    );
    expect(second.url).toBe(first.url);
    await again.close();
  });

  it('refuses a store that is in use', async () => {
    await start();

    await expect(start()).rejects.toThrow(`${storeDir} is in use by process ${process.pid}`);
  });

  it('reports the log of a server that does not start', async () => {
    const occupied = createServer().listen(0, '127.0.0.1');
    await once(occupied, 'listening');
    const { port } = occupied.address() as AddressInfo;

    await expect(start({ port })).rejects.toThrow('address already in use');

    occupied.close();
  });

  it('says so when the program cannot be run', async () => {
    const starting = startEmbeddedBroker({
      storeDir,
      binary: { path: join(storeDir, 'missing'), version: '2.9.10' },
      log: silent,
    });

    await expect(starting).rejects.toThrow(`${join(storeDir, 'missing')} cannot be run`);
  });

  it('ends when its owner is killed', async () => {
    const { owner, serverPid } = await startInOtherProcess();

    owner.kill('SIGKILL');

    await vi.waitFor(() => expect(isAlive(serverPid)).toBe(false), SOON);
  });

  it('leaves nothing behind when its owner is killed while the guard starts', async () => {
    for (let round = 0; round < 3; round++) {
      const owner = spawnOwner();
      await vi.waitFor(() => expect(processesOn(storeDir)).not.toEqual([]), POLLED);
      owner.kill('SIGKILL');
      await once(owner, 'exit');
      await vi.waitFor(() => expect(processesOn(storeDir)).toEqual([]), SOON);
    }
    await start();
  });

  it('has one server on a store, whoever starts at once', async () => {
    const owners = Array.from({ length: 4 }, spawnOwner);
    const outcomes = await Promise.all(
      owners.map((owner) =>
        Promise.race([
          once(owner, 'message').then(() => 'started'),
          once(owner, 'exit').then(() => 'refused'),
        ]),
      ),
    );
    expect(outcomes.sort()).toEqual(['refused', 'refused', 'refused', 'started']);
    expect(processesOn(storeDir).filter(({ line }) => line.includes(' --config '))).toHaveLength(1);
    for (const owner of owners) owner.kill('SIGKILL');
    await vi.waitFor(() => expect(processesOn(storeDir)).toEqual([]), SOON);
  });

  it('outlives a Ctrl-C that reaches its owner’s process group', async () => {
    const { owner, serverPid } = await startInOtherProcess();
    const record = JSON.parse(await readFile(join(storeDir, 'owner.json'), 'utf8')) as {
      guardPid: number;
    };

    const readProcessGroup = async (pid: number) =>
      (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[2];
    const groups = await Promise.all(
      [owner.pid ?? 0, record.guardPid, serverPid].map(readProcessGroup),
    );

    expect(groups[1]).toBe(String(record.guardPid));
    expect(groups[2]).toBe(groups[1]);
    expect(groups[0]).not.toBe(groups[1]);
    owner.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(serverPid)).toBe(false), SOON);
  });

  it('stops a server that was left behind before it starts its own', async () => {
    const { owner, serverPid } = await startInOtherProcess();
    const record = JSON.parse(await readFile(join(storeDir, 'owner.json'), 'utf8')) as {
      guardPid: number;
    };
    // Without its guard, nothing stops the server when the owner dies too.
    process.kill(owner.pid ?? 0, 'SIGSTOP');
    process.kill(record.guardPid, 'SIGKILL');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(isAlive(serverPid)).toBe(true);

    const broker = await start();

    expect(isAlive(serverPid)).toBe(false);
    expect(isAlive(broker.pid)).toBe(true);
  });

  it('leaves a foreign process alone whose number the record happens to have', async () => {
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(bystander, 'spawn');
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    await writeFile(
      join(storeDir, 'owner.json'),
      JSON.stringify({ ownerPid: gone.pid, guardPid: gone.pid, serverPid: bystander.pid }),
    );

    await start();

    expect(isAlive(bystander.pid ?? 0)).toBe(true);
    bystander.kill('SIGKILL');
  });
});
