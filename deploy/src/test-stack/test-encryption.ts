import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connectBus } from '@cullstream/bus';
import { silentLog } from '@cullstream/testing';
import { exec } from './engine.js';
import type { Stack, TestSet } from './stack.js';

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

/**
 * Tests the deployment with encrypted connections, with certificates made as README.md describes.
 */
export async function testEncryption(stack: Stack, { report, folder }: TestSet): Promise<void> {
  const cwd = join(folder, 'tls');
  await mkdir(cwd);
  const openssl = (...args: readonly string[]) =>
    exec('openssl', ['req', '-x509', ...EC, ...args], { cwd });
  await openssl('-subj', '/CN=cullstream', '-keyout', 'ca-key.pem', '-out', 'ca.pem');
  await openssl(
    ...['-subj', '/CN=nats', '-CA', 'ca.pem', '-CAkey', 'ca-key.pem'],
    ...['-addext', 'subjectAltName=DNS:nats', '-addext', 'basicConstraints=CA:FALSE'],
    ...['-keyout', 'server-key.pem', '-out', 'server.pem'],
  );
  await exec('chown', ['-R', '1000:1000', cwd]).catch(() => undefined);
  stack.set({ CULL_TLS_DIR: cwd });
  stack.withFiles('compose.tls.yaml');
  await stack.up();
  report.check('every service is healthy over encrypted connections', true);
  const { code, output } = await stack.cli('run', '--json', '--only', 'aurora');
  report.check('and a batch runs over them', code === 0, output);
  const plain = connectBus({
    url: await stack.brokerUrl(),
    name: 'x',
    log: silentLog,
    firstConnectTimeoutMs: 5_000,
  });
  const isIn = await plain.then(
    () => true,
    () => false,
  );
  report.check('who trusts no certificate of it does not get in', !isIn);
}
