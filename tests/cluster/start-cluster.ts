import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTestServer } from '../support/nats-server.js';
import type { Network } from './network.js';

const CLIENT_PORT = 4222;
const ROUTE_PORT = 6222;

/** Nats-servers that form one cluster, each in a network namespace of its own. */
export interface Cluster {
  /** The addresses of all servers, as `--nats` takes them. */
  readonly url: string;
  readonly servers: number;
  start(index: number): void;
  /** Ends a server as a power cut does. */
  kill(index: number): Promise<void>;
  pid(index: number): number;
  /**
   * Changes the newest file of messages of a server that is not running.
   * @returns the file; undefined where there is none yet
   */
  damage(index: number, change: (bytes: Buffer) => Buffer): string | undefined;
  stop(): Promise<void>;
}

export async function startCluster(folder: string, network: Network): Promise<Cluster> {
  const { path } = await findTestServer();
  const { hosts } = network;
  const running = new Map<number, ChildProcess>();

  function start(index: number): void {
    const home = join(folder, `server-${index}`);
    mkdirSync(home, { recursive: true });
    const config = join(home, 'nats-server.conf');
    writeFileSync(config, toConfig(index, hosts, home));
    const [program, ...args] = network.through(index);
    running.set(index, spawn(program, [...args, path, '--config', config], { stdio: 'ignore' }));
  }

  async function kill(index: number): Promise<void> {
    const child = running.get(index);
    running.delete(index);
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    // One that was suspended ends when it is continued.
    child.kill('SIGCONT');
    await ended;
  }

  for (const index of hosts.keys()) start(index);
  return {
    url: hosts.map((host) => `nats://${host}:${CLIENT_PORT}`).join(','),
    servers: hosts.length,
    start,
    kill,
    // `ip netns exec` replaces itself by the server.
    pid: (index) => running.get(index)?.pid ?? 0,
    damage(index, change) {
      const newest = findNewestBlock(join(folder, `server-${index}`));
      if (newest !== undefined) writeFileSync(newest, change(readFileSync(newest)));
      return newest;
    },
    async stop() {
      await Promise.all([...running.keys()].map(kill));
    },
  };
}

/** Of the files in which a server keeps messages, without those of its own log of the cluster. */
function findNewestBlock(home: string): string | undefined {
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.blk') && name.includes('/streams/'))
    .map((name) => join(home, name))
    .map((file) => {
      const { size, mtimeMs } = statSync(file);
      return { file, size, mtimeMs };
    })
    .filter(({ size }) => size > 0)
    .toSorted((a, b) => b.mtimeMs - a.mtimeMs)[0]?.file;
}

function toConfig(index: number, hosts: readonly string[], home: string): string {
  const host = hosts[index] ?? '';
  const routes = hosts.map((each) => `"nats://${each}:${ROUTE_PORT}"`).join(', ');
  return `
server_name: "server-${index}"
listen: "${host}:${CLIENT_PORT}"
jetstream { store_dir: "${join(home, 'store')}" }
cluster {
  name: "test"
  listen: "${host}:${ROUTE_PORT}"
  routes: [${routes}]
}
`;
}
