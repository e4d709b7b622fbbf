import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNatsServer, startEmbeddedBroker, type EmbeddedBroker } from '@cullstream/broker';
import { type BusLog } from '@cullstream/bus';
import { createTempDir } from './temp-dir.js';

export interface TestBrokerOptions {
  /** `process.env`: it may state where a nats-server is. */
  readonly env: {
    readonly NATS_SERVER_BIN?: string | undefined;
    readonly PATH?: string | undefined;
  };
  /** Kept when the broker stops. Default: a temporary one, which is removed when it stops. */
  readonly storeDir?: string;
  readonly log?: BusLog;
}

const cacheDir = fileURLToPath(
  new URL('../../../node_modules/.cache/cullstream/', import.meta.url),
);

/** Logs nothing: errors are visible in the test. */
export const silentLog: BusLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * A real nats-server with JetStream on a free loopback port, with its own store. A binary that must
 * be downloaded is stored in the checkout's `node_modules/.cache`.
 *
 * @throws {ConfigurationError} with all the ways to get a nats-server, where none works
 */
export async function startTestBroker(options: TestBrokerOptions): Promise<EmbeddedBroker> {
  const { env, log = silentLog } = options;
  const platform = { os: process.platform, arch: process.arch };
  const binary = await findNatsServer({ env, cacheDir, log, platform });
  const temporary = await createTempDir('broker');
  const storeDir = options.storeDir ?? join(temporary.path, 'store');
  const broker = await startEmbeddedBroker({ storeDir, binary, log });
  return {
    ...broker,
    stop: async () => {
      await broker.stop();
      await temporary.remove();
    },
  };
}
