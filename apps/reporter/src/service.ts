import { isUnfinished, type RunHead, type RunId } from '@cullstream/contracts';
import {
  checkDataFolder,
  connectService,
  openDataFolder,
  openRunRecords,
  requireWholeRun,
  type Logger,
  type Service,
  type ServiceContext,
} from '@cullstream/runtime';
import { pause } from './adapters/pause.js';
import { queuesOfAll, queuesOfRun } from './adapters/read-queues.js';
import { settleRun } from './adapters/settle-run.js';
import { followRun, type Reporter } from './follow-run.js';
import type { ReporterSettings } from './settings.js';

/** How often a deployed reporter looks for runs that have begun. */
const LOOK_EVERY_MS = 1_000;

/**
 * Reports on a run and ends with it; set up for no run in particular it reports on every run that is
 * under way, each for itself, until it is stopped.
 */
export async function startReporter(
  settings: ReporterSettings,
  context: ServiceContext,
): Promise<Service> {
  const { log, health } = context;
  const bus = await connectService(settings, context);
  const folder = openDataFolder(settings.data, log);
  await folder.untilThere();
  health.addCheck('data', () => checkDataFolder(folder));
  const stopping = new AbortController();
  const work = async () => {
    const records = await openRunRecords(bus);
    const { signal } = stopping;
    const reporter = { bus, records, dataDir: settings.data, folder, log, signal };
    if (settings.run === undefined) {
      return followAll({ ...reporter, readQueues: queuesOfAll(bus) }, context);
    }
    const record = await requireWholeRun(records, settings.run);
    const readQueues = queuesOfRun(bus);
    await followRun(record, { ...reporter, readQueues, settle: settleRun(bus, readQueues) });
  };
  return {
    done: Promise.race([work(), bus.lost]).finally(() => bus.drain()),
    stop: () => {
      folder.leave();
      stopping.abort();
    },
  };
}

/** A broker that does not answer for the moment has no new runs; whether it does is told by health. */
async function listPatiently(records: Reporter['records'], log: Logger): Promise<RunHead[]> {
  try {
    return [...(await records.list()).values()];
  } catch (error) {
    log.warn({ err: error }, 'the broker does not tell which runs there are');
    return [];
  }
}

async function followAll(reporter: Reporter, { log, metrics }: ServiceContext): Promise<void> {
  const { records, signal } = reporter;
  const followed = new Map<RunId, Promise<void>>();
  let failure: { readonly cause: unknown } | undefined;
  while (!signal.aborted && failure === undefined) {
    for (const head of await listPatiently(records, log)) {
      const { run } = head;
      if (!isUnfinished(head) || followed.has(run)) continue;
      log.info({ run }, 'a run is under way');
      const following = requireWholeRun(records, run)
        .then((record) => followRun(record, reporter))
        .then(() => metrics.countRuns())
        .catch((cause: unknown) => {
          failure ??= { cause };
        })
        .finally(() => followed.delete(run));
      followed.set(run, following);
    }
    await pause(LOOK_EVERY_MS, signal);
  }
  // The process is started again and takes up every run from its results.
  if (failure !== undefined) throw failure.cause;
  await Promise.all(followed.values());
}
