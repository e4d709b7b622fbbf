import { ConfigurationError } from '@cullstream/contracts';
import { BYTES_STREAM } from '../bytes/bytes-bucket.js';
import type { Bus } from '../connection/bus.js';
import { UNFINISHED_ATTEMPTS } from '../consume/unfinished-attempts.js';
import { CONTRACT_RECORD } from '../records/contract-bucket.js';
import { RUN_RECORDS } from '../records/open-records.js';
import { PROJECT_CLAIMS } from '../records/project-claims.js';
import { toError } from '../to-error.js';
import { isWithoutPeers, unlessMissing } from './api-errors.js';
import { streams } from './streams.js';

/** Every stream of the system that a server may have. It keeps each bucket in a stream of its own. */
const names = [
  ...Object.values(streams).map(({ name }) => name),
  ...[RUN_RECORDS, CONTRACT_RECORD, UNFINISHED_ATTEMPTS, PROJECT_CLAIMS].map(
    (bucket) => `KV_${bucket}`,
  ),
  BYTES_STREAM,
];

/**
 * Has each stream and bucket kept by so many servers of the cluster. What is stored already is copied
 * by the servers afterwards. Consumers follow their stream.
 * @param replicas 1 to 5
 * @throws {ConfigurationError} when the server is not in a cluster, or not in one of so many servers
 */
export async function ensureReplicas(bus: Bus, replicas: number): Promise<void> {
  // A server without a cluster takes any number, and keeps one copy.
  if (replicas > 1 && !isInCluster(bus)) throw tooMany(replicas, 'it is not in a cluster');
  for (const name of names) {
    const found = await unlessMissing(bus.manager.streams.info(name));
    if (found === undefined || found.config.num_replicas === replicas) continue;
    try {
      await bus.manager.streams.update(name, { num_replicas: replicas });
    } catch (error) {
      if (!isWithoutPeers(error)) throw error;
      throw tooMany(replicas, `${name}: ${toError(error).message}`, { cause: error });
    }
  }
}

/** Whether the broker is one server of a cluster. */
export function isInCluster({ connection }: Pick<Bus, 'connection'>): boolean {
  return connection.info?.cluster !== undefined;
}

function tooMany(replicas: number, why: string, options?: ErrorOptions): ConfigurationError {
  const problem =
    `‹replicas=${replicas}›: this broker has no ${replicas} servers to keep streams (${why}): ` +
    'give the addresses of a cluster in which as many are running';
  return new ConfigurationError([problem], options);
}

/** How many servers keep the streams of images, embeddings and predictions, whichever is fewest. */
export async function readReplicas(bus: Bus): Promise<number> {
  const pipeline = [streams.images, streams.embeddings, streams.predictions];
  const infos = await Promise.all(pipeline.map(({ name }) => bus.manager.streams.info(name)));
  return Math.min(...infos.map(({ config }) => config.num_replicas));
}
