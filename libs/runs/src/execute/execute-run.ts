import { ConfigurationError, toSubjectFilter, weightedServices } from '@cullstream/contracts';
import { deleteRun, readLastEvent, streams, type Bus } from '@cullstream/bus';
import { describeElsewhere, openRunRecords, toVariableName } from '@cullstream/runtime';
import { reportIfSlow } from '../report-if-slow.js';
import type { ExecutionOptions } from '../options.js';
import {
  connectBroker,
  joinBroker,
  keepBrokerReadable,
  keepBrokerWriting,
  recordCancellation,
  openBroker,
  retryTransient,
  removeBrokerFile,
  writeBrokerFile,
  type Broker,
} from '@cullstream/broker';
import { choosePage, whenServed } from './choose-page.js';
import { forgetRun } from '../open/register-run.js';
import { unlessInterrupted, type Interruption } from '../interruption.js';
import type { OpenedRun } from '../open/open-run.js';
import { assertSameWeights } from './assert-same-weights.js';
import { relayWarnings } from './relay-warnings.js';
import { openServiceLog } from '../supervise/service-log.js';
import { refuseTakenPorts } from './refuse-taken-ports.js';
import { startServices } from '../supervise/start-services.js';
import type { Execution, ExecutionParts, RunEnd } from './execution.js';
import { followRun } from './follow-run.js';

/**
 * Starts broker and services, follows the run to its end, and stops everything it started.
 * @throws {ServiceEndedError} when a service cannot be kept alive
 */
export async function executeRun(
  execution: Execution,
  settings: ExecutionOptions,
  parts: ExecutionParts,
): Promise<RunEnd> {
  const { log, view, note, host, interruption, target, environment, startService } = parts;
  if (settings.services === 'own' && host === undefined) {
    const healthHost = environment[toVariableName('healthHost')];
    await refuseTakenPorts(settings.healthPort, execution.services.length, healthHost);
  }
  const broker =
    host === undefined || target.kind === 'external'
      ? await openUnlessInterrupted(
          reportIfSlow(openBroker(target, log), { note, describe: describeOpening }),
          interruption,
        )
      : joinBroker(target, host, log);
  const unwatch = keepBrokerWriting(settings.data, broker, log);
  try {
    const { signal } = interruption;
    const bus = await connectBroker(broker, { name: 'cli', log, note, signal });
    const unread = target.kind === 'own' ? keepBrokerReadable(bus, broker) : undefined;
    try {
      if (settings.services === 'deployed') {
        const asked = weightedServices.filter((each) => execution.services.includes(each));
        await assertSameWeights(bus, execution.recipe, { services: asked });
      }
      const warned = settings.services === 'deployed' ? warnedSoFar(parts) : undefined;
      const opened = await unlessInterrupted(
        retryTransient(() => execution.open(bus, warned)),
        interruption,
      );
      const { run } = opened.record;
      view.opened(opened);
      if (settings.services === 'deployed') {
        const warnings = relayWarnings(bus, opened.record, parts.onWarning);
        try {
          if (settings.detach === true) {
            await warnings.told();
            return { kind: 'detached', run, summary: null };
          }
          return await followRun(bus, opened, new Map(), { execution, settings, parts, broker });
        } finally {
          warnings.end();
        }
      }
      await writeBrokerFile(settings.data, run, broker, execution.kind);
      const serviceLog = openServiceLog(settings.data, run, log);
      const unkeep = parts.onWarning((warning) => serviceLog.keep(warning));
      const isGuest = host !== undefined;
      const page = isGuest ? undefined : await choosePage(settings);
      const context = {
        page,
        settings,
        target,
        environment,
        startService,
        broker,
        serviceLog,
        log,
        isGuest,
      };
      const images = opened.record.projects.reduce((sum, { project }) => sum + project.images, 0);
      const services = startServices(run, { ...execution, images }, context);
      const announced = new AbortController();
      if (page !== undefined) {
        void whenServed(page, announced.signal).then(
          () => note(`watch it at ${page.url}${describeElsewhere(page.host)}`),
          () => undefined,
        );
      }
      const end = await followRun(bus, opened, services, { execution, settings, parts, broker })
        .catch(async (error: unknown) => {
          if (error instanceof ConfigurationError)
            await forgetRefused(bus, opened, execution, settings);
          throw error;
        })
        .finally(() => {
          announced.abort();
          unkeep();
        });
      if (end.kind === 'cancelled') {
        await deleteRun(bus, run);
        await recordCancellation(settings.data, run, execution.kind);
      } else if (end.kind === 'paused') {
        await writeBrokerFile(settings.data, run, broker, execution.kind, { isPaused: true });
      } else if (end.kind !== 'interrupted') await removeBrokerFile(settings.data, execution.kind);
      return end;
    } finally {
      unread?.();
      await bus.close();
    }
  } finally {
    unwatch();
    view.close();
    await broker.stop();
  }
}

const describeOpening = () =>
  'starting the broker; where there is no nats-server yet, it is fetched first, once';

function warnedSoFar({ onWarning }: ExecutionParts): string[] {
  const warned: string[] = [];
  onWarning((warning) => warned.push(warning))();
  return warned;
}

/** A broker that has started after an interruption is stopped again. */
async function openUnlessInterrupted(
  opening: Promise<Broker>,
  interruption: Interruption,
): Promise<Broker> {
  try {
    return await unlessInterrupted(opening, interruption);
  } catch (error) {
    void opening.then((late) => late.stop()).catch(() => undefined);
    throw error;
  }
}

/** A run that was refused before it brought anything about leaves nothing that could be resumed. */
async function forgetRefused(
  bus: Bus,
  { record: { run }, resumed }: OpenedRun,
  { kind }: Execution,
  { data }: ExecutionOptions,
): Promise<void> {
  const { name } = streams.predictions;
  if (
    resumed ||
    (await readLastEvent(bus, name, toSubjectFilter('predictions', run))) !== undefined
  )
    return;
  await forgetRun(bus, await openRunRecords(bus), run);
  await removeBrokerFile(data, kind);
}
