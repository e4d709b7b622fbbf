import { fromSubjectToken, type RunHead } from '@cullstream/contracts';
import { streams, unlessMissing, type Bus } from '@cullstream/bus';
import { openRunRecords } from '@cullstream/runtime';
import type { RunPhase } from '../status/run-overview.js';

const MEASURED = ['images', 'embeddings', 'predictions', 'results'] as const;
type Measured = (typeof MEASURED)[number];

/** What one project of one run takes up. */
export interface StreamShare {
  readonly run: string;
  /** `unrecorded` where the broker knows no run of that id. */
  readonly state: RunPhase | 'unrecorded';
  readonly replay: boolean;
  readonly project: string;
  readonly messages: Readonly<Record<Measured, number>>;
  /** By the mean size of a message in each stream: the server counts bytes by stream only. */
  readonly bytes: number;
}

export interface StreamShares {
  /** By run and project, oldest run first. */
  readonly shares: readonly StreamShare[];
  /** Names of the streams that are gone. */
  readonly lost: readonly string[];
}

/** Messages and bytes by run and project. */
export async function measureStreams(
  bus: Bus,
  { isIdle }: { readonly isIdle: boolean },
): Promise<StreamShares> {
  const records = await (await openRunRecords(bus)).list();
  const shares = new Map<string, StreamShare>();
  const lost: string[] = [];
  for (const stage of MEASURED) {
    const { name } = streams[stage];
    const info = bus.manager.streams.info(name, { subjects_filter: '>' });
    const found = await unlessMissing(info);
    if (found === undefined) {
      lost.push(name);
      continue;
    }
    const { state } = found;
    const meanBytes = state.messages === 0 ? 0 : state.bytes / state.messages;
    for (const [subject, count] of Object.entries(state.subjects ?? {})) {
      const [, , runToken = '', projectToken = ''] = subject.split('.');
      const [run, project] = [fromSubjectToken(runToken), fromSubjectToken(projectToken)];
      const key = `${run}\n${project}`;
      const share = shares.get(key) ?? emptyShare(run, project, toState(records.get(run), isIdle));
      shares.set(key, {
        ...share,
        messages: { ...share.messages, [stage]: share.messages[stage] + count },
        bytes: Math.round(share.bytes + count * meanBytes),
      });
    }
  }
  const sorted = [...shares.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return { shares: sorted.map(([, share]) => share), lost };
}

type State = Pick<StreamShare, 'state' | 'replay'>;

/** @param isIdle nobody works at this broker */
function toState(record: RunHead | undefined, isIdle: boolean): State {
  if (record === undefined) return { state: 'unrecorded', replay: false };
  const { state, replay } = record;
  return {
    state: isIdle && state === 'running' ? 'interrupted' : state,
    replay: replay !== undefined,
  };
}

function emptyShare(run: string, project: string, state: State): StreamShare {
  return {
    run,
    ...state,
    project,
    messages: { images: 0, embeddings: 0, predictions: 0, results: 0 },
    bytes: 0,
  };
}
