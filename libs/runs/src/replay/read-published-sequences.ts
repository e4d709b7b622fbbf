import { toSubject, type ReplayRequest, type RunId } from '@cullstream/contracts';
import { readAllEvents, streams, type Bus } from '@cullstream/bus';

/** Sequences of a project that a replay has published before it was interrupted. */
export async function readPublishedSequences(
  bus: Bus,
  run: RunId,
  project: string,
  from: ReplayRequest['from'],
): Promise<Set<number>> {
  const fed = new Set<number>();
  const filter = toSubject(from, run, project);
  await readAllEvents(bus, { stream: streams[from].name, filter }, ({ id }) => {
    const sequence = toSequence(id, run, project);
    if (sequence !== undefined) fed.add(sequence);
  });
  return fed;
}

/** The sequence in a message id, `<run>/<project>/<sequence>/<stage>`, without decoding the message. */
export function toSequence(
  id: string | undefined,
  run: RunId,
  project: string,
): number | undefined {
  const prefix = `${run}/${project}/`;
  if (id?.startsWith(prefix) !== true) return undefined;
  const sequence = Number.parseInt(id.slice(prefix.length), 10);
  return Number.isNaN(sequence) ? undefined : sequence;
}
