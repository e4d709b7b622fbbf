import {
  toSubjectFilter,
  tryDecodeMessage,
  type EventMessage,
  type ResultEvent,
  type RunRecord,
  type RunStatus,
} from '@cullstream/contracts';
import { countDeadLetters, readEventsAfter, streams, type Bus } from '@cullstream/bus';
import { applyResult, toInitialProgress, toProjectStatuses } from '@cullstream/report';

/** How far a run has come by what the broker has stored of it. No rate: nothing need be at work. */
export async function readStoredStatus(bus: Bus, record: RunRecord): Promise<RunStatus> {
  const { run } = record;
  const progress = toInitialProgress(record);
  const range = {
    stream: streams.results.name,
    filter: toSubjectFilter('results', run),
    afterSequence: 0,
  };
  await readEventsAfter(bus, range, (message) => {
    const event = toResult(message);
    const before = event && progress.get(event.project.name);
    if (event !== undefined && before !== undefined)
      progress.set(event.project.name, applyResult(before, event));
  });
  const projects = [...progress.values()];
  return {
    run,
    at: new Date().toISOString(),
    startedAt: record.createdAt,
    state: record.state,
    replay: record.replay !== undefined,
    projects: toProjectStatuses(projects),
    imagesPerSecond: 0,
    eta: null,
    bottleneck: null,
    deadLetters: await countDeadLetters(bus, run),
    warnings: projects.flatMap(({ warnings }) => warnings),
  };
}

/** Undefined where it is of no known shape: the reporter warns of it. */
function toResult(message: EventMessage): ResultEvent | undefined {
  const event = tryDecodeMessage(message);
  return event?.type.startsWith('project.') ? (event as ResultEvent) : undefined;
}
