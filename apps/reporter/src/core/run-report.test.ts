import type {
  ProjectCompleted,
  ProjectProgressed,
  ProjectTotals,
  RunRecord,
} from '@cullstream/contracts';
import type { LogLine } from '@cullstream/report';
import { beforeEach, describe, expect, it } from 'vitest';
import { RunReport, type KnownOfRun } from './run-report.js';

const RUN = '20260131T094500Z-k3x9';
const base = { v: 1, run: RUN } as const;
const dalia: ProjectTotals = {
  name: 'dalia',
  source: 'dalia.zip',
  catalogue: '0123456789abcdef',
  images: 10,
  groups: 4,
  ungrouped: 0,
};
const mojo: ProjectTotals = { ...dalia, name: 'mojo', source: 'mojo' };
const record = {
  ...base,
  createdAt: '2026-01-31T09:45:00.000Z',
  projects: [
    { project: dalia, cached: 4, warnings: ['two images have one name'] },
    { project: mojo, cached: 0, warnings: [] },
  ],
  rejected: [{ name: 'odd', source: 'odd.zip', message: 'not a zip archive' }],
} as unknown as RunRecord;
const START_MS = Date.parse('2026-01-31T10:00:00Z');
const at = (seconds: number) => new Date(START_MS + seconds * 1_000);

function toCounts(embedded: number, cached = 0, failed = 0) {
  return { embedded, cached, failed, decidedGroups: 0, failedGroups: 0, invertedCrops: 0 };
}
function progressed(project: ProjectTotals, counts = toCounts(0)): ProjectProgressed {
  return {
    ...base,
    type: 'project.progressed',
    project,
    counts,
    startedAt: at(0).toISOString(),
    at: at(1).toISOString(),
  };
}
function completed(project: ProjectTotals, counts = toCounts(10)): ProjectCompleted {
  return {
    ...base,
    type: 'project.completed',
    project,
    counts,
    database: `${project.name}.db`,
    startedAt: at(0).toISOString(),
    completedAt: at(9).toISOString(),
    failures: [],
  };
}
const empty = { backlogs: { embedder: 0, predictor: 0, writer: 0 }, deadLetters: 0 };
const busy = { backlogs: { embedder: 50, predictor: 0, writer: 0 }, deadLetters: 2 };

let lines: LogLine[];
let report: RunReport;
function begin(rates = {}, readStored?: NonNullable<KnownOfRun['readStored']>) {
  lines = [];
  const append = (line: LogLine) => {
    lines.push(line);
    return Promise.resolve();
  };
  report = new RunReport(record, { append }, { rates, ...(readStored && { readStored }) });
}
beforeEach(() => begin());
const findState = (name: string) =>
  report.projects.find(({ totals }) => totals.name === name)?.state;

describe('the report of a run', () => {
  it('takes results of its projects, and of no other', async () => {
    await report.take(progressed(dalia, toCounts(3)));
    await report.take(progressed({ ...dalia, name: 'unknown' }, toCounts(3)));
    await report.take(undefined);
    expect(report.projects.map(({ totals, counts }) => [totals.name, counts.embedded])).toEqual([
      ['dalia', 3],
      ['mojo', 0],
    ]);
    expect(lines).toEqual([]);
  });

  it('writes a line of a project when it is finished', async () => {
    await report.take(completed(dalia));
    expect(lines).toMatchObject([{ project_id: 'dalia', status: 'success', image_count: 10 }]);
  });

  it('writes a line of what was no project', async () => {
    await report.logRejected(at(3));
    expect(lines).toMatchObject([{ project_id: 'odd', status: 'failed', zip_file: 'odd.zip' }]);
  });

  it('tells where the run stands', async () => {
    await report.take(progressed(dalia, toCounts(3)));
    await report.observe(busy, false, at(0));
    expect(report.status('running', at(5))).toMatchObject({
      run: RUN,
      at: at(5).toISOString(),
      startedAt: record.createdAt,
      state: 'running',
      replay: false,
      eta: null,
      bottleneck: 'embedder',
      deadLetters: 2,
      warnings: ['two images have one name'],
    });
  });

  it('knows of no bottleneck and no failure before it has looked', () => {
    expect(report.status('running', at(0))).toMatchObject({ bottleneck: null, deadLetters: 0 });
  });

  it('is completed with its last project, and looks for no bottleneck then', async () => {
    await report.observe(busy, false, at(0));
    await report.take(completed(dalia));
    expect(report.status('running', at(9)).state).toBe('running');
    await report.take(completed(mojo));
    const done = report.status('running', at(9));
    expect(done).toMatchObject({ state: 'completed', eta: null, bottleneck: null });
  });

  it('says what somebody made of the run, whatever is left', async () => {
    await report.observe(busy, false, at(0));
    const cancelled = report.status('cancelled', at(1));
    expect(cancelled).toMatchObject({ state: 'cancelled', eta: null, bottleneck: null });
  });

  it('says that it is a replay', () => {
    const replay = { from: 'embeddings', runs: [RUN] };
    const of = { ...record, replay } as unknown as RunRecord;
    const append = () => Promise.resolve();
    expect(new RunReport(of, { append }, {}).status('running', at(0)).replay).toBe(true);
  });
});

describe('the estimate', () => {
  it('comes from the rates of an earlier run, for what is cached and what is not', async () => {
    begin({ embed: 2, cached: 100 });
    // Of dalia 4 images are cached, so 6 + 10 are to be computed.
    expect(report.status('running', at(0)).eta?.seconds).toBeCloseTo(16 / 2 + 4 / 100, 6);
    await report.take(progressed(dalia, toCounts(1, 2, 1)));
    expect(report.status('running', at(0)).eta?.seconds).toBeCloseTo(14 / 2 + 2 / 100, 6);
    await report.take(completed(dalia));
    expect(report.status('running', at(0)).eta?.seconds).toBeCloseTo(10 / 2, 6);
  });

  it('expects no less than nothing where more was cached than planned', async () => {
    begin({ embed: 2, cached: 100 });
    await report.take(progressed(mojo, toCounts(0, 10)));
    await report.take(progressed(dalia, toCounts(0, 9)));
    expect(report.status('running', at(0)).eta?.seconds).toBeCloseTo(1 / 2, 6);
  });

  it('counts every image that ended', async () => {
    for (let second = 0; second <= 30; second++) {
      await report.take(
        progressed({ ...dalia, images: 1_000 }, toCounts(5 * second, 3 * second, 2 * second)),
      );
      await report.observe(busy, false, at(second));
    }
    expect(report.status('running', at(30)).imagesPerSecond).toBeCloseTo(10, 0);
  });
});

describe('a project whose images do not arrive', () => {
  it('is given up when all queues have been empty for a while', async () => {
    await report.take(progressed(dalia, toCounts(7)));
    await report.take(completed(mojo));
    await report.observe(busy, true, at(0));
    for (const second of [1, 8, 14]) await report.observe(empty, true, at(second));
    expect(findState('dalia')).toBe('running');
    await report.observe(empty, true, at(16));
    expect(findState('dalia')).toBe('failed');
    expect(findState('mojo')).toBe('success');
    expect(lines.map(({ project_id }) => project_id)).toEqual(['mojo', 'dalia']);
    expect(lines[1]?.error).toContain('3 of 10 images never reached the database');
  });

  it('has ended as its database tells, where the broker lost what was said of it', async () => {
    const stored = [completed(dalia, toCounts(9, 0, 1)), progressed(mojo, toCounts(6))];
    begin({}, ({ name }) => Promise.resolve(stored.find(({ project }) => project.name === name)));
    await report.take(progressed(dalia, toCounts(7)));
    for (const second of [0, 14]) await report.observe(empty, true, at(second));
    expect(findState('dalia')).toBe('running');
    await report.observe(empty, true, at(16));
    expect(lines).toMatchObject([
      { project_id: 'dalia', status: 'partial', database: 'dalia.db', failed_images: 1 },
      { project_id: 'mojo', database: null },
    ]);
    expect(lines[1]?.error).toContain('4 of 10 images never reached the database');
  });

  it.each([
    ['a queue holds something', { ...empty, backlogs: { ...empty.backlogs, writer: 1 } }, true],
    ['a queue holds something', { ...empty, backlogs: { ...empty.backlogs, predictor: 1 } }, true],
    ['a queue holds something', { ...empty, backlogs: { ...empty.backlogs, embedder: 1 } }, true],
    ['images are still published', empty, false],
  ])('is waited for while %s', async (_why, queues, isExtracted) => {
    for (const second of [0, 20, 40]) await report.observe(queues, isExtracted, at(second));
    expect(findState('dalia')).toBe('waiting');
  });

  it('is waited for anew after a pause', async () => {
    await report.observe(empty, true, at(0));
    report.pause();
    await report.observe(empty, true, at(60));
    expect(findState('dalia')).toBe('waiting');
    await report.observe(empty, true, at(75));
    expect(findState('dalia')).toBe('failed');
  });

  it('is waited for when looks are far apart, as with a slow drive, and only the last found idle', async () => {
    await report.observe(busy, true, at(0));
    await report.observe(empty, true, at(60));
    expect(findState('dalia')).toBe('waiting');
  });

  it('is waited for anew when something came', async () => {
    await report.observe(empty, true, at(0));
    await report.observe(busy, true, at(10));
    await report.observe(empty, true, at(20));
    expect(findState('dalia')).toBe('waiting');
  });
});

describe('working time', () => {
  it('is what was known before, and what is seen now, without pauses', async () => {
    const known = [{ fromMs: START_MS - 60_000, toMs: START_MS - 50_000 }];
    const append = () => Promise.resolve();
    report = new RunReport(record, { append }, { worked: known });
    await report.observe(busy, false, at(0));
    await report.take(progressed(dalia, toCounts(2)));
    await report.observe(busy, false, at(5));
    report.pause();
    await report.take(progressed(dalia, toCounts(2, 2)));
    await report.observe(busy, false, at(9));
    const seconds = report.working.stretches.map(({ fromMs, toMs }) => (toMs - fromMs) / 1_000);
    expect(seconds).toEqual([10, 5, 0]);
  });

  it('tells how much is left for embedders and for the writer, and nothing while it is paused', async () => {
    expect(report.remaining('running')).toEqual({ embedder: 16, writer: 20 });

    await report.take(progressed(dalia, toCounts(3, 2, 1)));
    expect(report.remaining('running')).toEqual({ embedder: 12, writer: 14 });
    expect(report.remaining('paused')).toEqual({ embedder: 0, writer: 0 });

    await report.take(completed(dalia));
    expect(report.remaining('running')).toEqual({ embedder: 10, writer: 10 });
  });
});
