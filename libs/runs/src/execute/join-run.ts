import {
  ConfigurationError,
  isUnfinished,
  type RunHead,
  type RunId,
  describeEmbedding,
} from '@cullstream/contracts';
import { assertSameContract, type Bus, type BusAccess, type BusCredentials } from '@cullstream/bus';
import { chooseEmbedder, requireDevice } from '@cullstream/inference';
import { openRunRecords } from '@cullstream/runtime';
import { connectBroker, readBrokerFile, toAccess } from '@cullstream/broker';
import type { Interruption } from '../interruption.js';
import { settleDevice } from '../plan/settle-device.js';
import { requireBytes } from './require-bytes.js';
import { addEmbedder } from '../open/register-run.js';
import { reconcileServices } from './reconcile-services.js';
import { openServiceLog } from '../supervise/service-log.js';
import { startServices, waitForServiceFailure } from '../supervise/start-services.js';
import { waitForRunEnd } from './wait-for-run-end.js';
import type { Given, JoinOptions } from '../options.js';
import type { WorkContext } from '../work-context.js';

/**
 * Joins a run as one more embedder, from any host that has the run's weights, and the originals unless
 * it borrows images through the broker. Hands back what it holds when it is asked to leave.
 * @returns whether the run ended, or it left before
 * @throws {ConfigurationError} when there is no such run, or this host cannot embed for it
 */
export async function joinRun(
  given: Given<JoinOptions>,
  context: WorkContext,
  { requested, signal }: Interruption,
): Promise<'ended' | 'left'> {
  const { log, note } = context;
  await requireDevice(given.device);
  const { run: asked, ...broker } = await findBroker(given.data, context);
  const bus = await connectBroker(broker, { name: 'embedder', log, note, signal });
  try {
    await assertSameContract(bus, 'embedder');
    const record = await findRun(bus, given.run ?? asked);
    const { run, recipe } = record;
    // The run has one already, whatever was approved here.
    const precision = given.precision === 'auto' ? recipe.embedding.precision : given.precision;
    const settings = { ...given, precision };
    await requireDevice(settings.device, precision);
    for (const line of await chooseSameEmbedder(record, settings)) note(line);
    await requireBytes(bus, record, settings);
    await addEmbedder(bus, run);
    const serviceLog = openServiceLog(settings.data, run, log);
    const plan = { files: { embedder: settings.embedder }, services: ['embedder'] as const };
    const services = startServices(run, plan, { ...context, settings, broker, serviceLog });
    note(`joined run ${run}`);
    const stopping = new AbortController();
    const options = { run, services, until: undefined, maxLoad: settings.maxLoad, note };
    const reconciling = reconcileServices(bus, options, stopping.signal);
    try {
      return await Promise.race([
        waitForRunEnd(bus, run).then(() => 'ended' as const),
        waitForServiceFailure(services),
        requested.then(() => 'left' as const),
      ]);
    } finally {
      stopping.abort();
      await reconciling;
      await Promise.all([...services.values()].map((service) => service.stop()));
    }
  } finally {
    await bus.close();
  }
}

interface JoinedBroker {
  readonly url: string;
  readonly credentials: BusCredentials | undefined;
  readonly access: BusAccess;
  /** That works in the data folder, where no broker was named. */
  readonly run: RunId | undefined;
}

/** The broker that was named, or that of the run which works in the data folder. */
async function findBroker(data: string, { target }: WorkContext): Promise<JoinedBroker> {
  if (target.kind === 'external') {
    const { url, credentials } = target;
    return { url, credentials, access: await toAccess(target), run: undefined };
  }
  const found = (await readBrokerFile(data, 'run')) ?? (await readBrokerFile(data, 'replay'));
  if (found === undefined) {
    throw new ConfigurationError([
      `‹nats›: say where the broker is; no run works in ${data} whose broker could be joined`,
    ]);
  }
  const { url, user, password, run } = found;
  const credentials = user === undefined || password === undefined ? undefined : { user, password };
  return { url, credentials, access: await toAccess({ credentials }), run };
}

async function findRun(bus: Bus, run: string | undefined): Promise<RunHead> {
  const records = await openRunRecords(bus);
  const running = [...(await records.list()).values()].filter(isUnfinished);
  const record = run === undefined ? running.at(-1) : running.find((each) => each.run === run);
  if (record !== undefined) return record;
  throw new ConfigurationError([
    run === undefined
      ? 'no run works at this broker; start one with `cullstream run` and join it then'
      : `run ${run} does not work at this broker, or has ended`,
  ]);
}

/** Vectors of two recipes never meet in one run. Gives what is to be said of the weights. */
async function chooseSameEmbedder(
  { run, recipe }: RunHead,
  settings: JoinOptions,
): Promise<readonly string[]> {
  const chosen = await chooseEmbedder({
    ...settings,
    dataDir: settings.data,
    cacheDir: settings.cache,
  });
  if (chosen.recipe.id === recipe.embedding.id) {
    const encoder = { embeddingRecipe: chosen.recipe, paths: { embedderOnnx: chosen.modelPath } };
    return [...(await settleDevice(encoder, settings)), ...chosen.notes];
  }
  throw new ConfigurationError([
    `run ${run} embeds with ${describeEmbedding(recipe.embedding)}; this embedder has ` +
      `${describeEmbedding(chosen.recipe)}: give it the run's ‹embedder›, ‹preprocess›, ‹precision› and ‹activation›`,
  ]);
}
