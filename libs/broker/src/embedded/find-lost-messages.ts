import type { Bus } from '@cullstream/bus';

type Manager = Bus['manager'];
type Consumer = Awaited<ReturnType<Manager['consumers']['info']>>;

/** Of the messages that are delivered and not acknowledged: those of other runs may lie between. */
const MOST_LOOKED_AT = 64;

export interface MessagePlace {
  readonly stream: string;
  readonly sequence: number;
}

export interface LostMessage {
  readonly description: string;
  /** Undefined where the end of a stream is lost. */
  readonly place?: MessagePlace;
}

export interface LostMessagesOptions {
  /**
   * Also reads the stored messages that have no consumer: results and records, which are read one
   * by one.
   */
  readonly withoutConsumer?: boolean | undefined;
  /** The message that could not be read before. */
  readonly doubted?: MessagePlace | undefined;
}

/**
 * Finds what a started server cannot deliver. A consumer that is ahead of its stream would never
 * get new messages: the stream has lost its end, or the state of the consumer is wrong. A consumer
 * also gets nothing more if its next message, or the first one to deliver again, cannot be read.
 */
export async function findLostMessages(
  { manager }: Pick<Bus, 'manager'>,
  { withoutConsumer = false, doubted }: LostMessagesOptions = {},
): Promise<LostMessage | undefined> {
  for await (const { config } of manager.streams.list()) {
    const consumers: Consumer[] = [];
    for await (const consumer of manager.consumers.list(config.name)) consumers.push(consumer);
    // Read afterwards, because other clients may already be working.
    const stream = { manager, name: config.name, ...(await readExtent(manager, config.name)) };
    if (doubted?.stream === config.name) {
      const lost = await findUnreadable(stream, doubted.sequence, doubted.sequence);
      if (lost !== undefined) return lost;
    }
    for (const consumer of consumers) {
      const lost = await findLost(consumer, stream);
      if (lost !== undefined) return lost;
    }
    if (consumers.length > 0 || !withoutConsumer) continue;
    const lost = await findUnreadable(stream, stream.first, stream.last);
    if (lost !== undefined) return lost;
  }
  return undefined;
}

/** The sequences that a stream contains. */
interface Extent {
  readonly first: number;
  readonly last: number;
  readonly deleted: ReadonlySet<number>;
}

interface Stream extends Extent {
  readonly manager: Manager;
  readonly name: string;
}

async function findLost(consumer: Consumer, stream: Stream): Promise<LostMessage | undefined> {
  const { name, delivered, ack_floor: floor, num_ack_pending: unacknowledged } = consumer;
  const { last } = stream;
  const readUpTo = delivered.stream_seq;
  if (readUpTo > last) {
    return {
      description: `${name} has read ${stream.name} up to ${readUpTo}, which ends at ${last}`,
    };
  }
  const next = readUpTo + 1;
  const until = Math.min(floor.stream_seq + MOST_LOOKED_AT, readUpTo);
  return (
    (await findUnreadable(stream, next, Math.min(next, last))) ??
    (await findUnreadable(stream, Math.max(next, last), last)) ??
    (unacknowledged > 0
      ? await findUnreadable(stream, floor.stream_seq + 1, until, toPrefix(consumer))
      : undefined)
  );
}

/** The beginning of the subjects that a consumer reads. */
function toPrefix({ config }: Consumer): string {
  return /^[^*>]*/.exec(config.filter_subject ?? '')?.[0] ?? '';
}

/**
 * The first message in a range of a stream that should exist and cannot be read.
 * @param prefix ends the search at the first message whose subject begins with it
 */
async function findUnreadable(
  { manager, name, first, deleted }: Stream,
  from: number,
  to: number,
  prefix?: string,
): Promise<LostMessage | undefined> {
  for (let sequence = Math.max(from, first); sequence <= to; sequence++) {
    if (deleted.has(sequence)) continue;
    const found = await manager.streams.getMessage(name, { seq: sequence });
    if (found === null && !(await wasRemoved(manager, name, sequence))) {
      return {
        description: `message ${sequence} of ${name} cannot be read`,
        place: { stream: name, sequence },
      };
    }
    if (prefix !== undefined && found?.subject.startsWith(prefix) === true) return undefined;
  }
  return undefined;
}

/** A server that has lost a message only answers that there is none. */
async function wasRemoved(manager: Manager, name: string, sequence: number): Promise<boolean> {
  const { first, deleted } = await readExtent(manager, name);
  return sequence < first || deleted.has(sequence);
}

async function readExtent({ streams }: Manager, name: string): Promise<Extent> {
  const { state } = await streams.info(name, { deleted_details: true });
  // The server sends no list where nothing was deleted.
  const deleted = new Set((state as { deleted?: readonly number[] }).deleted);
  return { first: state.first_seq, last: state.last_seq, deleted };
}
