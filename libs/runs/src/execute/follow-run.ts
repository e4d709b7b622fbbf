import { setTimeout as delay } from 'node:timers/promises';
import { hearStatus, type Bus } from '@cullstream/bus';
import { retryTransient, type Broker } from '@cullstream/broker';
import { formatSeconds } from '@cullstream/report';
import { openRunRecords, requireRun } from '@cullstream/runtime';
import type { ExecutionOptions } from '../options.js';
import type { OpenedRun } from '../open/open-run.js';
import { waitForServiceFailure, type Services } from '../supervise/start-services.js';
import type { Execution, ExecutionParts, RunEnd } from './execution.js';
import { nextTimeOfDay } from './next-time-of-day.js';
import { reconcileServices } from './reconcile-services.js';
import { waitForRunEnd } from './wait-for-run-end.js';
import { watchDeployed } from './watch-deployed.js';

const REPORTER = 'reporter-0';
/** Of a pause, before the reporter is stopped all the same. */
const LONGEST_TELLING_MS = 10_000;

export interface Following {
  readonly execution: Execution;
  readonly settings: ExecutionOptions;
  readonly parts: ExecutionParts;
  readonly broker: Pick<Broker, 'failed'>;
}

/** Follows a run to its end, and stops its services. */
export async function followRun(
  bus: Bus,
  { record }: OpenedRun,
  services: Services,
  { execution, settings, broker, parts: { view, interruption, note } }: Following,
): Promise<RunEnd> {
  const { run } = record;
  const stopping = new AbortController();
  let pauseIsHeard: () => void = never;
  const heardPause = new Promise<void>((resolve) => (pauseIsHeard = resolve));
  const watch =
    settings.services === 'deployed' ? watchDeployed(bus, run, note, stopping.signal) : undefined;
  const unhear = hearStatus(bus, run, (status) => {
    watch?.heard();
    view.status(status);
    if (status.state === 'paused') pauseIsHeard();
  });
  const ended = services.get(REPORTER)?.finished ?? waitForRunEnd(bus, run);
  const fed = execution.feed?.(bus, record, stopping.signal);
  const { until, maxLoad } = settings;
  const untilTime = until === undefined ? undefined : nextTimeOfDay(until, new Date());
  if (untilTime !== undefined) {
    const left = formatSeconds((untilTime.getTime() - Date.now()) / 1_000);
    note(`working until ${until ?? ''}, which is in ${left}: the run is paused then`);
  }
  const options = { run, services, until: untilTime, maxLoad, note };
  const reconciling = reconcileServices(bus, options, stopping.signal);
  void interruption.forced.then(() => {
    for (const service of services.values()) service.kill();
  });
  try {
    const kind = await Promise.race([
      ended.then(() => 'ended' as const),
      reconciling.then((kind) => (kind === 'paused' ? kind : new Promise<never>(never))),
      waitForServiceFailure(services),
      broker.failed,
      ...(fed === undefined ? [] : [fed.then(() => new Promise<never>(never))]),
      interruption.requested.then(() => 'interrupted' as const),
    ]);
    if (kind === 'paused' && settings.notify !== undefined) {
      await stopAll(services, (name) => name !== REPORTER);
      // One that has just been started has still to see the pause, and to tell of it.
      const end = services.get(REPORTER)?.finished.catch(never);
      const longest = delay(LONGEST_TELLING_MS, undefined, { signal: stopping.signal }).catch(
        never,
      );
      await Promise.race([heardPause, end, longest, interruption.requested]);
    }
    if (kind !== 'ended') return { kind, run, summary: null };
    const { state, summary } = await retryTransient(async () =>
      requireRun(await openRunRecords(bus), run),
    );
    return { kind: state === 'cancelled' ? state : 'completed', run, summary };
  } finally {
    unhear();
    stopping.abort();
    await Promise.race([Promise.allSettled([fed, reconciling]), interruption.forced]);
    await stopAll(services, () => true);
  }
}

async function stopAll(services: Services, isStopped: (name: string) => boolean): Promise<void> {
  const stopped = [...services].filter(([name]) => isStopped(name));
  await Promise.all(stopped.map(([, service]) => service.stop()));
}

const never = () => undefined;
