import { jetstream } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { Bus } from '../connection/bus.js';
import { unlessMissing } from '../topology/api-errors.js';

/**
 * Opens a bucket of the key-value store, and makes it where it is missing. One that is there is only
 * looked at: not every user may make streams.
 */
export async function openBucket(
  { connection, manager }: Pick<Bus, 'connection' | 'manager'>,
  name: string,
): Promise<KV> {
  // Without asking for the facts of the account, which is not everybody's to do.
  const kvm = new Kvm(jetstream(connection, { checkAPI: false }));
  const info = await unlessMissing(manager.streams.info(`KV_${name}`));
  if (info === undefined) return kvm.create(name, { history: 1 });
  // Any replica answers a direct get, also one that is behind: where there are several, the leader is asked.
  const { allow_direct, num_replicas } = info.config;
  return kvm.open(name, { allow_direct: allow_direct && num_replicas === 1 });
}
