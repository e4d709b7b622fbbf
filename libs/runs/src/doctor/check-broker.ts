import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBroker } from '@cullstream/broker';
import { connectBus, ensureStreams, requireJetStream } from '@cullstream/bus';
import type { WorkContext } from '../work-context.js';
import type { DoctorFinding } from './finding.js';

/**
 * Whether the broker answers and has JetStream. A broker that Cullstream starts itself is tried with a
 * store in a temporary folder.
 */
export async function checkBroker({
  target,
  log,
}: Pick<WorkContext, 'target' | 'log'>): Promise<Omit<DoctorFinding, 'check'>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cullstream-doctor-'));
  try {
    const broker = await openBroker(target.kind === 'own' ? { ...target, dataDir } : target, log);
    try {
      const { url, access } = broker;
      const bus = await connectBus({
        url,
        ...access,
        name: 'doctor',
        log,
        firstConnectTimeoutMs: 5_000,
      });
      try {
        const version = bus.connection.info?.version ?? 'unknown';
        await requireJetStream(bus);
        if (broker.version !== undefined) await ensureStreams(bus);
        return { state: 'ok', message: `nats-server ${version} with JetStream answers at ${url}` };
      } finally {
        await bus.close();
      }
    } finally {
      await broker.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
