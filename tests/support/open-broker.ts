import { spawn } from 'node:child_process';
import { findNatsServer, freePort } from '@cullstream/broker';
import { silentLog } from '@cullstream/testing';
import { fileURLToPath } from 'node:url';

export interface OpenBroker {
  readonly url: string;
  stop(): Promise<void>;
}

const cacheDir = fileURLToPath(new URL('../../node_modules/.cache/cullstream/', import.meta.url));

/** A nats-server with JetStream as somebody may have it on their own network: it lets everybody in. */
export async function startOpenBroker(storeDir: string): Promise<OpenBroker> {
  const { env, platform: os, arch } = process;
  const binary = await findNatsServer({ env, cacheDir, log: silentLog, platform: { os, arch } });
  const port = await freePort();
  const args = ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '-sd', storeDir];
  const server = spawn(binary.path, args, { stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  return {
    url: `nats://127.0.0.1:${port}`,
    async stop() {
      server.kill('SIGTERM');
      await exited;
    },
  };
}
