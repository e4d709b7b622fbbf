import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNatsServer, startEmbeddedBroker, type EmbeddedBroker } from '@cullstream/broker';
import { type BusLog } from '@cullstream/bus';
import { createTempDir } from './temp-dir.js';

export interface TestBrokerOptions {
  /** `process.env`: where a nats-server may be. */
  readonly env: {
    readonly NATS_SERVER_BIN?: string | undefined;
    readonly PATH?: string | undefined;
  };
  /** Kept when the broker stops; a temporary one by default, removed with it. */
  readonly storeDir?: string;
  readonly log?: BusLog;
}

const cacheDir = fileURLToPath(
  new URL('../../../node_modules/.cache/cullstream/', import.meta.url),
);

/** Says nothing: what goes wrong in a test shows in the test. */
export const silentLog: BusLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * A real nats-server with JetStream on a free loopback port, with a store of its own. A binary that
 * has to be fetched is kept in the checkout's `node_modules/.cache`.
 *
 * @throws {ConfigurationError} naming all the ways to get a nats-server where none works
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
