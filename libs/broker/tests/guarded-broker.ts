import { execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { promisify } from 'node:util';
import {
  authorizationConfig,
  busUsers,
  connectBus,
  createNkeyPair,
  toInboxPrefix,
  type Bus,
  type BusUser,
} from '@cullstream/bus';
import { freePort } from '../src/index.js';
import { natsServer, silent } from './broker-fixture.js';

const run = promisify(execFile);

export interface GuardedBroker {
  readonly url: string;
  readonly caFile: string | undefined;
  connect(user: BusUser): Promise<Bus>;
  stop(): Promise<void>;
}

/** A nats-server that knows the users of a deployment by their keys, with or without TLS. */
export async function startGuardedBroker(
  folder: string,
  { isEncrypted = false }: { isEncrypted?: boolean } = {},
): Promise<GuardedBroker> {
  await mkdir(folder, { recursive: true });
  const pairs = Object.fromEntries(busUsers.map((name) => [name, createNkeyPair()])) as Record<
    BusUser,
    ReturnType<typeof createNkeyPair>
  >;
  const publicKeys = Object.fromEntries(
    busUsers.map((name) => [name, pairs[name].publicKey]),
  ) as Record<BusUser, string>;
  const tls = isEncrypted ? await makeCertificates(folder) : undefined;
  const port = await freePort();
  const config = [
    `listen: "127.0.0.1:${port}"`,
    `jetstream { store_dir: ${JSON.stringify(join(folder, 'store'))} }`,
    ...(tls ? [`tls { cert_file: "${tls.certificate}", key_file: "${tls.key}" }`] : []),
    authorizationConfig(publicKeys),
  ].join('\n');
  await writeFile(join(folder, 'nats-server.conf'), config);
  const { path } = await natsServer();
  const server = spawn(path, ['--config', join(folder, 'nats-server.conf')], { stdio: 'ignore' });
  const ended = once(server, 'exit');
  const buses: Bus[] = [];
  const url = `nats://localhost:${port}`;
  return {
    url,
    caFile: tls?.authority,
    async connect(user) {
      const bus = await connectBus({
        url,
        seed: Buffer.from(pairs[user].seed),
        caFile: tls?.authority,
        inboxPrefix: toInboxPrefix(user),
        name: user,
        log: silent,
        firstConnectTimeoutMs: 10_000,
      });
      buses.push(bus);
      return bus;
    },
    async stop() {
      await Promise.all(buses.map((bus) => bus.close()));
      server.kill();
      await ended;
    },
  };
}

/** An authority of one day, and a certificate of it for `localhost`. */
async function makeCertificates(folder: string) {
  const file = (name: string) => join(folder, name);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  await run('openssl', [
    ...['req', '-x509', ...newKey, '-subj', '/CN=test authority'],
    ...['-keyout', file('ca-key.pem'), '-out', file('ca.pem')],
  ]);
  await run('openssl', [
    ...['req', '-x509', ...newKey, '-subj', '/CN=localhost'],
    ...['-CA', file('ca.pem'), '-CAkey', file('ca-key.pem')],
    ...['-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=CA:FALSE'],
    ...['-keyout', file('server-key.pem'), '-out', file('server.pem')],
  ]);
  return {
    authority: file('ca.pem'),
    certificate: file('server.pem'),
    key: file('server-key.pem'),
  };
}
