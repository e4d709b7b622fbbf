import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunHead, RunId } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import { openRunRecords } from '@cullstream/runtime';
import { LoadGuard } from './load-guard.js';
import type { Services } from '../supervise/start-services.js';

const LOOK_EVERY_MS = 1_000;

export interface StepOptions {
  readonly run: RunId;
  readonly services: Services;
  /** When the run is paused by itself. */
  readonly until: Date | undefined;
  /** Load average over a minute above which embedders wait. */
  readonly maxLoad: number | undefined;
  readonly note: (line: string) => void;
}

/**
 * Holds the services of a run while it is paused, and its embedders while the machine has too much to
 * do. The reporter stays: it tells how the run stands.
 * @returns `paused` once it is time to; never where no time was given, until `signal` is aborted
 */
export async function reconcileServices(
  bus: Bus,
  options: StepOptions,
  signal: AbortSignal,
): Promise<'paused' | 'stopped'> {
  const { run, services, until, maxLoad = Infinity, note } = options;
  const guard = new LoadGuard(maxLoad);
  let isPaused = false;
  let isOverloaded = false;
  while (!signal.aborted) {
    if (until !== undefined && Date.now() >= until.getTime()) {
      await pauseRun(bus, run);
      return 'paused';
    }
    const state = await readState(bus, run);
    const [load = 0] = loadavg();
    if (state !== undefined && isPaused !== (state === 'paused')) {
      isPaused = !isPaused;
      note(isPaused ? `run ${run} is paused until \`cullstream resume\`` : `run ${run} goes on`);
    }
    if (isOverloaded !== guard.holds(load, performance.now())) {
      isOverloaded = !isOverloaded;
      note(
        isOverloaded
          ? `load average ${load.toFixed(1)} is above ${maxLoad}: embedding waits`
          : `load average ${load.toFixed(1)}: embedding goes on`,
      );
    }
    await hold(services, (name) =>
      name.startsWith('embedder-') ? isPaused || isOverloaded : isPaused,
    );
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return 'stopped';
}

/** Holding a service that is held, like releasing one that is not, does nothing. */
async function hold(services: Services, isHeld: (name: string) => boolean): Promise<void> {
  await Promise.all(
    [...services].map(async ([name, service]) => {
      if (name.startsWith('reporter-')) return;
      if (isHeld(name)) await service.hold();
      else service.release();
    }),
  );
}

async function pauseRun(bus: Bus, run: RunId): Promise<void> {
  try {
    const records = await openRunRecords(bus);
    const toPaused = (record: RunHead): RunHead =>
      record.state === 'running' ? { ...record, state: 'paused', pausedBy: 'time' } : record;
    await records.update(run, toPaused);
  } catch (error) {
    bus.log.warn({ err: error, run }, 'the broker could not be told that the run is paused');
  }
}

/** A broker that does not answer for the moment says nothing about the run. */
async function readState(bus: Bus, run: RunId): Promise<RunHead['state'] | undefined> {
  try {
    return (await (await openRunRecords(bus)).get(run))?.state;
  } catch (error) {
    bus.log.debug({ err: error, run }, 'the broker does not say how the run stands');
    return undefined;
  }
}
