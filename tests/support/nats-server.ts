import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findNatsServer } from '@cullstream/broker';
import { silentLog, waitFor } from '@cullstream/testing';

const cacheDir = fileURLToPath(new URL('../../node_modules/.cache/cullstream/', import.meta.url));

/** The nats-server that tests use, which is fetched where there is none. */
export function findTestServer(): ReturnType<typeof findNatsServer> {
  const platform = { os: process.platform, arch: process.arch };
  return findNatsServer({ env: process.env, cacheDir, log: silentLog, platform });
}

export interface NatsServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Lines of its log that are shown of a server that ended although nobody stopped it. */
const LAST_LINES = 40;

/**
 * Starts a nats-server that is not an embedded one, with JetStream. Where it ends by itself, the end of its
 * log is printed: tests would say only that a connection was lost.
 * @param port the former port; without it the server chooses one itself, so that no other process
 * takes it
 */
export async function startNatsServer(
  storeDir: string,
  { port, args = [] }: { readonly port?: number | undefined; readonly args?: readonly string[] },
): Promise<NatsServer> {
  const { path } = await findTestServer();
  const folder = mkdtempSync(join(tmpdir(), 'cullstream-ports-'));
  const address = ['--addr', '127.0.0.1', '--port', String(port ?? -1)];
  const told = ['--ports_file_dir', folder, '--jetstream', '--store_dir', storeDir];
  const server = spawn(path, [...address, ...told, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines: string[] = [];
  createInterface({ input: server.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > LAST_LINES) lines.shift();
  });
  let isStopped = false;
  server.once('close', (code, signal) => {
    if (isStopped) return;
    console.error(`nats-server ended with ${signal ?? code ?? ''}:`, lines.join('\n'));
  });
  const ended = once(server, 'exit');
  const url = await waitFor(() => readUrl(folder), {
    what: 'the address of a nats-server',
    timeoutMs: 30_000,
  });
  rmSync(folder, { recursive: true, force: true });
  return {
    url,
    async stop() {
      isStopped = true;
      server.kill();
      await ended;
    },
  };
}

function readUrl(folder: string): string | undefined {
  const [file] = readdirSync(folder);
  if (file === undefined) return undefined;
  const { nats } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { nats: string[] };
  return nats[0];
}
