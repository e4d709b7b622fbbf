import { join } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { RunRecord } from '@cullstream/contracts';
import {
  chooseSamples,
  toProjectDecisions,
  type FindPicture,
  type ProjectDecisions,
  type ReportDetails,
  type SampleDecision,
} from '@cullstream/report/page';
import type { Logger } from '@cullstream/runtime';
import { readRunDecisions } from '@cullstream/store';
import type { RunReport } from '../core/run-report.js';

/** Time limits for reading the decisions that a report shows, and for drawing its pictures. */
const MOST_READING_MS = 2_000;
const MOST_DRAWING_MS = 3_000;
/** Small, since the pictures are embedded in the page. */
const PICTURE_SIDE_PX = 240;

export interface CollectDetailsParts {
  readonly dataDir: string;
  /** Folder of the originals; without it there are no pictures. */
  readonly originalsDir: string | undefined;
  readonly log: Logger;
}

interface DecidedProject {
  readonly project: string;
  readonly path: string;
}

/** What the report shows in addition to the summary. What cannot be read in time is left out. */
export async function collectDetails(
  record: RunRecord,
  { projects, history }: Pick<RunReport, 'projects' | 'history'>,
  { dataDir, originalsDir, log }: CollectDetailsParts,
): Promise<ReportDetails> {
  const decided = projects.flatMap(({ totals, database }) =>
    database === null ? [] : [{ project: totals.name, path: join(dataDir, database) }],
  );
  const read = await readDecisions(record, decided, log);
  const findPicture =
    originalsDir === undefined || read.samples.length === 0
      ? undefined
      : await drawSamples(record, decided, read.samples, { originalsDir, log });
  return {
    ...{ record, history: history.points, ...read },
    ...(findPicture !== undefined && { findPicture }),
  };
}

async function readDecisions(
  { run }: RunRecord,
  decided: readonly DecidedProject[],
  log: Logger,
): Promise<{ decisions: ProjectDecisions[]; samples: SampleDecision[] }> {
  const untilMs = performance.now() + MOST_READING_MS;
  const decisions: ProjectDecisions[] = [];
  const samples: SampleDecision[] = [];
  for (const { project, path } of decided) {
    if (performance.now() > untilMs) break;
    try {
      const groups = [...readRunDecisions(path, run).values()];
      decisions.push(toProjectDecisions(project, groups));
      const shown = samples.length;
      samples.push(...chooseSamples(project, groups, { projects: decided.length, shown }));
    } catch (error) {
      log.debug({ err: error, project }, 'the report shows nothing of its decisions');
    }
    await yieldToOthers();
  }
  return { decisions, samples };
}

async function drawSamples(
  { run }: RunRecord,
  decided: readonly DecidedProject[],
  samples: readonly SampleDecision[],
  { originalsDir, log }: { readonly originalsDir: string; readonly log: Logger },
): Promise<FindPicture | undefined> {
  try {
    // Loaded late, since it is only needed when a run ends.
    const { loadPictures } = await import('@cullstream/versions');
    const tell = (fields: object, message: string) => log.debug(fields, message);
    return await loadPictures(
      decided.map(({ project }) => ({
        ...{ project, run },
        images: samples.filter((sample) => sample.project === project),
      })),
      decided,
      {
        ...{ originalsDir, sidePx: PICTURE_SIDE_PX, log: { info: tell, warn: tell } },
        signal: AbortSignal.timeout(MOST_DRAWING_MS),
      },
    );
  } catch (error) {
    log.debug({ err: error }, 'the report shows no pictures');
    return undefined;
  }
}
