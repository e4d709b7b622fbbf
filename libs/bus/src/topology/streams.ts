import { toSubjectFilter } from '@cullstream/contracts';
import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';

/** Where the server announces messages whose deliveries are used up. */
export const MAX_DELIVERIES_ADVISORIES = '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>';
/** Every dead letter, whatever its consumer. */
export const DEAD_LETTERS = 'cull.dead.>';

/**
 * Retention `limits` without an age: a stored event can be replayed, and work that was never done is
 * never deleted. Finished runs are removed by subject. Only settings a 2.9 server knows.
 */
const kept = {
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.Old,
  max_age: 0,
  max_msgs: -1,
  max_bytes: -1,
} satisfies Partial<StreamConfig>;

function stream(name: string, subjects: string, more: Partial<StreamConfig> = {}) {
  return { name, subjects: [subjects], ...kept, ...more };
}

/** Every stream of the system, as data. */
export const streams = {
  images: stream('IMAGES', toSubjectFilter('images')),
  embeddings: stream('EMBEDDINGS', toSubjectFilter('embeddings')),
  predictions: stream('PREDICTIONS', toSubjectFilter('predictions')),
  /** Keeps the last result of each project and type. */
  results: stream('RESULTS', toSubjectFilter('results'), { max_msgs_per_subject: 1 }),
  dead: stream('DEAD', DEAD_LETTERS),
  advisories: stream('ADVISORIES', MAX_DELIVERIES_ADVISORIES),
} as const;

export type StreamName = (typeof streams)[keyof typeof streams]['name'];
