import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@cullstream/testing';
import { toRunArgs, type Example } from '../support/example.js';
import { findBroker, listProcesses } from '../support/processes.js';
import { startPlainBroker, type PlainBroker } from '../support/plain-broker.js';
import { allCores } from '../support/run-cli.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const DISK_BYTES = 256 * 1024 * 1024;

/** Where a run works to which much happens, and what can be done to it. */
export interface ChaosPlace {
  readonly example: Example;
  /** The data folder of the run: if possible on a separate disk that can be filled. */
  readonly data: string;
  readonly disk: string | undefined;
  /** Undefined where the broker is the run's own. */
  readonly proxy: TcpProxy | undefined;
  /** Undefined where libfaketime is not installed. */
  readonly moveClock: ((seconds: number) => void) | undefined;
  /** Arguments and variables of each command. */
  readonly broker: readonly string[];
  readonly runArgs: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  findBroker(): number[];
  /** Starts the broker again where it is not the run's own, and has been killed. */
  keepBroker(): Promise<void>;
  remove(): Promise<void>;
}

export async function makePlace(
  folder: string,
  example: Example,
  isBrokerApart: boolean,
): Promise<ChaosPlace> {
  const disk = mountDisk(folder);
  const data = join(folder, 'data');
  const apart = isBrokerApart ? await startApart(folder) : undefined;
  const clock = makeClock(folder);
  const broker = apart === undefined ? [] : ['--nats', `nats://127.0.0.1:${apart.proxy.port}`];
  return {
    ...{ example, data, disk, broker, proxy: apart?.proxy, moveClock: clock?.move },
    runArgs: [...toRunArgs(example, data), ...broker],
    environment: { ...allCores, ...clock?.environment },
    findBroker: () => apart?.find() ?? findBroker(data),
    keepBroker: async () => apart?.keep(),
    async remove() {
      await apart?.stop();
      unmountDisk(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A broker outside of the data folder, which is started again with its store and port. */
async function startApart(folder: string) {
  const store = `${folder}-broker`;
  let server: PlainBroker = await startPlainBroker(store);
  const port = Number(new URL(server.url).port);
  const proxy = await startTcpProxy(port);
  const find = () =>
    listProcesses()
      .filter(({ command }) => command.includes(`--store_dir ${store}`))
      .map(({ pid }) => pid);
  return {
    proxy,
    find,
    async keep() {
      if (find().length > 0) return;
      await server.stop();
      server = await startPlainBroker(store, port);
    },
    async stop() {
      await proxy.close();
      await server.stop();
      rmSync(store, { recursive: true, force: true });
    },
  };
}

/** A clock for commands and services (not for nats-server) that can be moved while they work. */
function makeClock(folder: string) {
  const library = findFaketime();
  if (library === undefined) return undefined;
  const file = `${folder}-clock`;
  writeFileSync(file, '+0');
  return {
    move: (seconds: number) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}`),
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DISABLE_SHM: '1',
      NO_FAKE_STAT: '1',
    },
  };
}

function findFaketime(): string | undefined {
  const folder = '/usr/lib';
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .map((name) => join(folder, name, 'faketime/libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
}

/** Mounts a separate disk at a folder, which is made; undefined where this user may not mount one. */
function mountDisk(folder: string): string | undefined {
  mkdirSync(folder, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'none', folder];
  return spawnSync('mount', options).status === 0 ? folder : undefined;
}

function unmountDisk(folder: string): void {
  spawnSync('umount', ['--lazy', folder]);
}

/** Waits until no process uses a data folder any more. */
export async function waitForNoLeftovers(data: string): Promise<void> {
  const list = () => listProcesses().filter(({ command }) => command.includes(data));
  await waitFor(() => list().length === 0, { what: 'the end of all processes', timeoutMs: 20_000 });
}
