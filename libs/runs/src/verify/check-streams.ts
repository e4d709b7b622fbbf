import {
  ConfigurationError,
  counted,
  toSubject,
  toSubjectFilter,
  tryDecodeMessage,
} from '@cullstream/contracts';
import {
  countEvents,
  countMessages,
  isBrokerUnavailable,
  readLastEvent,
  readAllEvents,
  streams,
  unlessMissing,
  type Bus,
} from '@cullstream/bus';
import {
  hasBroker,
  readBrokerFile,
  withBroker,
  type BrokerContext,
  type LockedFolder,
} from '@cullstream/broker';
import type { ProjectProof } from './verify-project.js';

export interface StreamProof {
  /** What was looked at, in words. */
  readonly note: string;
  readonly projectsChecked: number;
  readonly isRunUnfinished: boolean;
  readonly gaps: readonly string[];
  /** What the streams lack of projects whose databases are complete. */
  readonly notes: readonly string[];
}

const STAGES = ['images', 'embeddings', 'predictions'] as const;
type Stage = (typeof STAGES)[number];

/**
 * Compares what the broker's streams hold of each project's newest run with its database: all that was
 * catalogued must be there. A broker that was killed may have lost what it had handed on already; where
 * the database has every row nothing is missing, for whatever reads streams takes the rest from there.
 * Events of runs that were pruned prove nothing and are no gap.
 * @throws {ConfigurationError} when another cullstream works in the folder
 */
export async function checkStreams(
  proofs: readonly ProjectProof[],
  where: LockedFolder,
  context: BrokerContext,
): Promise<StreamProof> {
  const nothing = { projectsChecked: 0, isRunUnfinished: false, gaps: [], notes: [] };
  if (!hasBroker(context)) {
    return { ...nothing, note: 'streams: no broker has worked here' };
  }
  if ((await readBrokerFile(where.data)) !== undefined) {
    const gaps = ['a run is not finished; `cullstream status` tells how it goes on'];
    const note = 'streams: not compared, for a run is not finished';
    return { ...nothing, isRunUnfinished: true, note, gaps };
  }
  try {
    return await withBroker(where, context, (bus) => compare(bus, proofs));
  } catch (error) {
    if (error instanceof ConfigurationError || isBrokerUnavailable(error)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const gaps = [`the streams cannot be compared: ${message}`];
    return { ...nothing, note: 'streams: not compared', gaps };
  }
}

async function compare(bus: Bus, proofs: readonly ProjectProof[]): Promise<StreamProof> {
  const lost = await listLost(bus);
  const kept = STAGES.filter((stage) => !lost.includes(stage));
  const gaps: string[] = [];
  const notes = lost.map(
    (stage) =>
      `there is no stream ${streams[stage].name}: the next run makes it, or \`cullstream provision\` for deployed services`,
  );
  let projectsChecked = 0;
  for (const { proof, lacks } of await findAllLacks(bus, kept, proofs)) {
    if (lacks === undefined) continue;
    projectsChecked += 1;
    const isComplete = proof.gaps.length === 0;
    for (const lack of lacks) {
      if (isComplete) notes.push(`${proof.project}: ${lack}, and the database has all of them`);
      else gaps.push(`${proof.project}: ${lack}`);
    }
  }
  const agreement =
    gaps.length > 0 ? 'with gaps' : notes.length > 0 ? 'not all whole' : 'all agree';
  const note =
    projectsChecked === 0
      ? 'streams: nothing to compare, they hold no images of the newest run of any project'
      : `streams: ${projectsChecked} of ${counted(proofs.length, 'project')} compared, ${agreement}`;
  return { note, projectsChecked, isRunUnfinished: false, gaps, notes };
}

async function listLost(bus: Bus): Promise<Stage[]> {
  const lost: Stage[] = [];
  for (const stage of STAGES) {
    const found = await unlessMissing(bus.manager.streams.info(streams[stage].name));
    if (found === undefined) lost.push(stage);
  }
  return lost;
}

interface Compared {
  readonly proof: ProjectProof;
  readonly lacks: readonly string[] | undefined;
}

/** As {@link findLacks}, of all projects in their order. */
async function findAllLacks(
  bus: Bus,
  stages: readonly Stage[],
  proofs: readonly ProjectProof[],
): Promise<Compared[]> {
  const counts = createCounts(bus);
  const compared: Compared[] = [];
  const waiting = proofs.entries();
  const compareNext = async () => {
    for (const [index, proof] of waiting) {
      const { run } = proof;
      const lacks =
        run === null ? undefined : await findLacks(bus, counts, stages, { ...proof, run });
      compared[index] = { proof, lacks };
    }
  };
  await Promise.all(Array.from({ length: PROJECTS_AT_ONCE }, compareNext));
  return compared;
}

/** Questions to the broker are under way for so many projects at once. */
const PROJECTS_AT_ONCE = 16;

/** Messages of a project in a stream. */
type CountOf = (stage: Stage, run: string, project: string) => Promise<number>;

/** Asks once for all projects of a run. */
function createCounts(bus: Bus): CountOf {
  const known = new Map<string, Promise<ReadonlyMap<string, number>>>();
  return async (stage, run, project) => {
    const subjects = toSubjectFilter(stage, run);
    const asked = known.get(subjects) ?? countMessages(bus, streams[stage].name, subjects);
    known.set(subjects, asked);
    return (await asked).get(toSubject(stage, run, project)) ?? 0;
  };
}

/** What each stream lacks of a run; undefined where IMAGES has nothing of it, pruned or never published. */
async function findLacks(
  bus: Bus,
  countMessages: CountOf,
  stages: readonly Stage[],
  { project, images, run }: ProjectProof & { readonly run: string },
): Promise<string[] | undefined> {
  if (!stages.includes('images')) return undefined;
  const subject = toSubject('images', run, project);
  const last = await readLastEvent(bus, streams.images.name, subject);
  if (last === undefined) return undefined;
  const lacks: string[] = [];
  const event = tryDecodeMessage(last);
  // By far the most common case: repeats of earlier images may stand behind the last one.
  if (event?.type !== 'image.found' || event.sequence !== images - 1) {
    const seen = await readSequences(bus, subject);
    if (seen.size < images) lacks.push(describe(seen, images));
  }
  for (const stage of stages) {
    // Every stage stores at least one event an image; repeats may add some. A message has one or more.
    const { name } = streams[stage];
    if ((await countMessages(stage, run, project)) >= images) continue;
    const stored = await countEvents(bus, name, toSubject(stage, run, project));
    if (stored < images)
      lacks.push(`${name} holds ${counted(stored, 'event')} for ${counted(images, 'image')}`);
  }
  return lacks;
}

/** The images in IMAGES, in whatever order. */
async function readSequences(bus: Bus, subject: string): Promise<ReadonlySet<number>> {
  const seen = new Set<number>();
  await readAllEvents(bus, { stream: streams.images.name, filter: subject }, (message) => {
    const event = tryDecodeMessage(message);
    if (event?.type === 'image.found') seen.add(event.sequence);
  });
  return seen;
}

function describe(seen: ReadonlySet<number>, images: number): string {
  const isHead = [...seen].every((sequence) => sequence < seen.size);
  return isHead
    ? `the stream ends at image ${seen.size} of ${images}`
    : `the stream lacks ${images - seen.size} of ${counted(images, 'image')}`;
}
