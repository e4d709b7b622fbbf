import type {
  ProjectTotals,
  ResultEvent,
  RunRecord,
  RunState,
  RunStatus,
} from '@cullstream/contracts';
import {
  abandonProject,
  applyResult,
  countFinishedImages,
  isFinished,
  RateHistory,
  Throughput,
  toInitialProgress,
  toLogLine,
  toProjectStatuses,
  toRejectedLogLine,
  WorkingTime,
  type HistoryPoint,
  type ProjectProgress,
  type RatesInUse,
  type LogLine,
  type WorkingStretch,
} from '@cullstream/report';
import { findBottleneck, type StageBacklogs } from './find-bottleneck.js';

/** Queues may look empty while messages pass from stage to stage; after this time they are empty. */
const IDLE_BEFORE_ABANDON_MS = 15_000;

export interface Queues {
  readonly backlogs: StageBacklogs;
  readonly deadLetters: number;
}

/** The log of finished projects. */
export interface ProjectLog {
  append(line: LogLine): Promise<void>;
}

/** What is known of the run beside its results: most of it from an earlier process. */
export interface KnownOfRun {
  /** When the run was worked on. */
  readonly worked?: readonly WorkingStretch[];
  /** How many images were done at which time. */
  readonly history?: readonly HistoryPoint[];
  /** Rates of the last run with these weights. */
  readonly rates?: Partial<RatesInUse> | undefined;
  /**
   * Where a project stands by its database. Asked before a project is given up: a broker that lost its
   * newest messages may lack the results of what is stored, and nobody publishes them again.
   */
  readonly readStored?: (project: ProjectTotals) => Promise<ResultEvent | undefined>;
}

const nothingStored = () => Promise.resolve(undefined);

/** The state of a run, computed from its results and the lengths of its queues. */
export class RunReport {
  private readonly record: RunRecord;
  private readonly log: ProjectLog;
  private readonly progress: Map<string, ProjectProgress>;
  readonly throughput: Throughput;
  readonly working: WorkingTime;
  readonly history: RateHistory;
  private queues: Queues | undefined;
  private isExtracted = false;
  private idleSinceMs: number | undefined;
  private readonly readStored: NonNullable<KnownOfRun['readStored']>;

  constructor(
    record: RunRecord,
    log: ProjectLog,
    { worked, history, rates, readStored = nothingStored }: KnownOfRun,
  ) {
    this.readStored = readStored;
    this.working = new WorkingTime(worked);
    this.history = new RateHistory(history);
    this.throughput = new Throughput(rates);
    this.record = record;
    this.log = log;
    this.progress = toInitialProgress(record);
  }

  get projects(): readonly ProjectProgress[] {
    return [...this.progress.values()];
  }

  async take(event: ResultEvent | undefined): Promise<void> {
    const before = event && this.progress.get(event.project.name);
    if (event === undefined || before === undefined) return;
    await this.set(applyResult(before, event), new Date());
  }

  /** Notes the lengths of the queues. If all stay empty, gives up the projects that are not complete. */
  async observe(queues: Queues, isExtracted: boolean, now: Date): Promise<void> {
    this.queues = queues;
    this.isExtracted = isExtracted;
    const { embedder, predictor, writer } = queues.backlogs;
    const isIdle = isExtracted && embedder + predictor + writer === 0;
    this.idleSinceMs = isIdle ? (this.idleSinceMs ?? now.getTime()) : undefined;
    const counts = this.totalCounts();
    this.throughput.add({ atMs: now.getTime(), ...counts });
    this.working.observe(now.getTime(), counts.embedded + counts.cached);
    this.history.add(now.getTime(), counts.embedded + counts.cached);
    // Looks may be far apart: only what two of them found idle is. Results were read in between.
    if (this.idleSinceMs === undefined || now.getTime() - this.idleSinceMs < IDLE_BEFORE_ABANDON_MS)
      return;
    for (const project of this.projects.filter((each) => !isFinished(each))) {
      const stored = await this.readStored(project.totals);
      const found = stored === undefined ? project : applyResult(project, stored);
      await this.set(isFinished(found) ? found : abandonProject(found), now);
    }
  }

  /** The run is paused: nothing is given up, and no rate is measured. */
  pause(): void {
    this.throughput.interrupt();
    this.working.interrupt();
    this.idleSinceMs = undefined;
  }

  /** Logs the sources that cannot be projects as failed, each once. */
  async logRejected(now: Date): Promise<void> {
    for (const source of this.record.rejected) {
      await this.log.append(toRejectedLogLine(this.record, source, now));
    }
  }

  /** Images that embedders and the writer have still to handle. A paused run keeps nobody busy. */
  remaining(state: RunState): { embedder: number; writer: number } {
    if (state === 'paused') return { embedder: 0, writer: 0 };
    const { toEmbed, cached } = this.left();
    return { embedder: toEmbed, writer: toEmbed + cached };
  }

  status(state: RunState, now: Date): RunStatus {
    const isDone = state !== 'running' || this.projects.every(isFinished);
    return {
      run: this.record.run,
      at: now.toISOString(),
      startedAt: this.record.createdAt,
      state: state === 'running' && isDone ? 'completed' : state,
      replay: this.record.replay !== undefined,
      projects: toProjectStatuses(this.projects),
      imagesPerSecond: this.throughput.imagesPerSecond(now.getTime()),
      rates: this.throughput.rates,
      eta: isDone ? null : (this.throughput.estimate(this.left()) ?? null),
      bottleneck:
        isDone || this.queues === undefined
          ? null
          : findBottleneck(this.queues.backlogs, this.isExtracted),
      deadLetters: this.queues?.deadLetters ?? 0,
      warnings: this.projects.flatMap(({ warnings }) => warnings),
      ...(this.queues !== undefined && { backlogs: this.queues.backlogs }),
      history: this.history.rates,
    };
  }

  private async set(project: ProjectProgress, now: Date): Promise<void> {
    this.progress.set(project.totals.name, project);
    if (isFinished(project))
      await this.log.append(toLogLine(this.record, project, now, this.working));
  }

  private totalCounts(): { embedded: number; cached: number } {
    return this.projects.reduce(
      (sum, { counts }) => ({
        embedded: sum.embedded + counts.embedded + counts.failed,
        cached: sum.cached + counts.cached,
      }),
      { embedded: 0, cached: 0 },
    );
  }

  private left(): { toEmbed: number; cached: number } {
    return this.projects
      .filter((project) => !isFinished(project))
      .reduce(
        (sum, { totals, counts, plannedCached }) => {
          const cached = Math.max(0, plannedCached - counts.cached);
          const left = totals.images - countFinishedImages(counts);
          return { toEmbed: sum.toEmbed + Math.max(0, left - cached), cached: sum.cached + cached };
        },
        { toEmbed: 0, cached: 0 },
      );
  }
}
