import { decodeEvent, isRetryId, subjectOf } from '@cullstream/contracts';
import { countEvents, lastOf, streams, type Bus } from '@cullstream/bus';
import type { CommandContext } from '../commands/command-context.js';
import { readBrokerFile } from '../run/broker-file.js';
import { hasBroker, withBroker, type BrokerPlace } from '../run/with-broker.js';
import type { ProjectProof } from './verify-project.js';

export interface StreamProof {
  /** What was looked at, in words. */
  readonly note: string;
  readonly projectsChecked: number;
  readonly gaps: readonly string[];
}

/**
 * Compares what the broker's streams hold of each project's newest run with its database: the last
 * image event must be the catalogue's last, and nothing may be stored that the database lacks.
 * Events of runs that were pruned prove nothing and are no gap.
 */
export async function checkStreams(
  proofs: readonly ProjectProof[],
  where: BrokerPlace,
  context: CommandContext,
): Promise<StreamProof> {
  if (!hasBroker(where, context)) {
    return { note: 'streams: no broker has worked here', projectsChecked: 0, gaps: [] };
  }
  if ((await readBrokerFile(where.data)) !== undefined) {
    const gaps = [
      'a run is not finished; `cullstream run` resumes it, `cullstream status` shows it',
    ];
    return { note: 'streams: not compared, for a run is not finished', projectsChecked: 0, gaps };
  }
  return withBroker(where, context, (bus) => compare(bus, proofs));
}

async function compare(bus: Bus, proofs: readonly ProjectProof[]): Promise<StreamProof> {
  const gaps: string[] = [];
  let projectsChecked = 0;
  for (const { project, run, images } of proofs) {
    if (run === null) continue;
    const last = await lastOf(bus, streams.images.name, subjectOf('images', run, project));
    if (last === undefined) continue;
    projectsChecked += 1;
    const event = decodeEvent(last.data);
    if (event.type === 'image.found' && event.sequence !== images - 1 && !isRetryId(last.id)) {
      gaps.push(`${project}: the stream ends at image ${event.sequence + 1} of ${images}`);
    }
    gaps.push(...(await storedLess(bus, project, run, images)));
  }
  const note = `streams: ${projectsChecked} of ${proofs.length} projects still have events, ${gaps.length === 0 ? 'all agree' : 'with gaps'}`;
  return { note, projectsChecked, gaps };
}

/** Every stage stores at least one event an image; repeats may add some. */
async function storedLess(
  bus: Bus,
  project: string,
  run: string,
  images: number,
): Promise<string[]> {
  const gaps: string[] = [];
  for (const stage of ['images', 'embeddings', 'predictions'] as const) {
    const stored = await countEvents(bus, streams[stage].name, subjectOf(stage, run, project));
    if (stored < images)
      gaps.push(`${project}: ${streams[stage].name} holds ${stored} events for ${images} images`);
  }
  return gaps;
}
