import type { Bus } from '@cullstream/bus';

/** What a server says of a stream or a consumer that it leaves out, or keeps in a wrong state. */
const NOT_RECOVERED =
  /\[(?:WRN|ERR)\]\s+((?:Missing stream|Error (?:reading|unmarshalling|recreating|restoring|adding)|Stream metafile) ?.*)/u;
/** The server reads its store before it does anything else that could end it like this. */
const CRASH = /^(panic: .*|fatal error: .*|unexpected fault address.*)$/mu;
/** Troubles of the machine: they pass, or somebody must end them, and the store is as good as before. */
const SURROUNDINGS =
  /permission denied|operation not permitted|no space left|quota exceeded|read-only file system|too many open files|input\/output error|stale (?:NFS )?file handle|not connected|device not configured|address already in use|failed to create new OS thread|pthread_create|resource temporarily unavailable/iu;

/**
 * What the log of one start says of a store that cannot be used as it is; undefined where it says
 * nothing of the kind, or where the machine is to blame.
 */
export function findDamage(log: string): string | undefined {
  const crash = CRASH.exec(log)?.[1];
  if (crash !== undefined) {
    return SURROUNDINGS.test(log) ? undefined : 'nats-server crashes when it reads it';
  }
  return log
    .split('\n')
    .flatMap((line) => NOT_RECOVERED.exec(line)?.[1] ?? [])
    .find((said) => !SURROUNDINGS.test(said));
}

/**
 * What a server that has come up cannot serve: a consumer that is ahead of its stream would never be
 * given what comes next. The stream has lost its end, or the state of the consumer is wrong. Nor is one given
 * anything more whose next message cannot be read.
 */
export async function findLostMessages({ manager }: Bus): Promise<string | undefined> {
  for await (const { config } of manager.streams.list()) {
    const readUpTo = new Map<string, number>();
    for await (const { name, delivered } of manager.consumers.list(config.name)) {
      readUpTo.set(name, delivered.stream_seq);
    }
    // Asked afterwards, for others may be at work already.
    const { state } = await manager.streams.info(config.name, { deleted_details: true });
    for (const [consumer, sequence] of readUpTo) {
      if (sequence > state.last_seq) {
        return `${consumer} has read ${config.name} up to ${sequence}, which ends at ${state.last_seq}`;
      }
      for (const next of new Set([sequence + 1, state.last_seq])) {
        if (next <= sequence || next < state.first_seq || next > state.last_seq) continue;
        if (isDeleted(state, next)) continue;
        if (!(await isReadable(manager, config.name, next))) {
          return `message ${next} of ${config.name} cannot be read`;
        }
      }
    }
  }
  return undefined;
}

/** A server that has lost a message says no more than that there is none. */
async function isReadable(
  { streams }: Bus['manager'],
  stream: string,
  sequence: number,
): Promise<boolean> {
  const isThere = async () => (await streams.getMessage(stream, { seq: sequence })) !== null;
  if (await isThere()) return true;
  const { state } = await streams.info(stream, { deleted_details: true });
  // It may have been removed between the two questions.
  return sequence < state.first_seq || isDeleted(state, sequence);
}

/** @param state without a list where nothing was deleted */
function isDeleted(
  { deleted = [] }: { readonly deleted?: readonly number[] },
  sequence: number,
): boolean {
  return deleted.includes(sequence);
}
