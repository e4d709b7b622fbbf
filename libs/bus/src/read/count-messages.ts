import type { Bus } from '../connection/bus.js';

/**
 * How many messages a stream holds of each subject, by one question for all of them. A message carries
 * one event or more, see {@link countEvents}.
 * @param subjects with wildcards
 */
export async function countMessages(
  { manager }: Pick<Bus, 'manager'>,
  stream: string,
  subjects: string,
): Promise<ReadonlyMap<string, number>> {
  const { state } = await manager.streams.info(stream, { subjects_filter: subjects });
  return new Map(Object.entries(state.subjects ?? {}));
}
