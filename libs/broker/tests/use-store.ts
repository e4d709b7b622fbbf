import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach } from 'vitest';
import { startEmbeddedBroker, type EmbeddedBroker, type NatsServerBinary } from '../src/index.js';
import { natsServer, silent } from './broker-fixture.js';

const builtBroker = new URL('../dist/index.js', import.meta.url).href;

/** Each test around the call of {@link useStore} has its own store. */
export interface Store {
  binary: NatsServerBinary;
  storeDir: string;
  /** Starts a broker in this process; it is stopped after the test. */
  start(more?: {
    port?: number;
    credentials?: EmbeddedBroker['credentials'];
  }): Promise<EmbeddedBroker>;
}

export function useStore(): Store {
  const started: EmbeddedBroker[] = [];
  const store = {
    async start(more = {}) {
      const { storeDir, binary } = store;
      const broker = await startEmbeddedBroker({ storeDir, binary, log: silent, ...more });
      started.push(broker);
      return broker;
    },
  } as Store;
  beforeAll(async () => {
    store.binary = await natsServer();
  });
  beforeEach(async () => {
    store.storeDir = await mkdtemp(join(tmpdir(), 'cull-broker-'));
  });
  afterEach(async () => {
    for (const broker of started.splice(0)) await broker.stop();
    await rm(store.storeDir, { recursive: true, force: true });
  });
  return store;
}

/** A zombie that its parent has not collected counts as ended: it has no command line. */
export function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

/** Guards and servers that use a store. */
export function processesOn(storeDir: string): { pid: number; line: string }[] {
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

/** A separate process that starts a broker on the store and waits to be killed. */
export function spawnOwner({ storeDir, binary }: Store) {
  const script = `
    import { startEmbeddedBroker } from ${JSON.stringify(builtBroker)};
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

export async function startInOtherProcess(store: Store) {
  const owner = spawnOwner(store);
  const [message] = (await once(owner, 'message')) as [{ pid: number }];
  return { owner, serverPid: message.pid };
}
