import {
  ConfigurationError,
  isUnfinished,
  type RunHead,
  describeEmbedding,
} from '@cullstream/contracts';
import { refuseOtherContract, type Bus } from '@cullstream/bus';
import { chooseEmbedder, requireDevice } from '@cullstream/inference';
import { exitCodes, openRunRecords } from '@cullstream/runtime';
import { toAccess } from '../run/broker.js';
import { connectBroker } from '../run/connect-broker.js';
import { readBrokerFile } from '../run/broker-file.js';
import { onSignals } from '../run/interruption.js';
import { requireBytes } from '../run/require-bytes.js';
import { addEmbedder } from '../run/enter-run.js';
import { keepInStep } from '../run/keep-in-step.js';
import { openServiceLog } from '../run/service-log.js';
import { startServices, untilOneFails } from '../run/start-services.js';
import { untilRunEnds } from '../run/until-run-ends.js';
import type { EmbedderSettings } from '../settings/stream-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Joins a run as one more embedder, from any host that has the run's weights, and the originals unless
 * it borrows images through the broker.
 * Leaves when the run ends, or on a signal, handing back what it holds.
 */
export async function embedder(
  settings: EmbedderSettings,
  context: CommandContext,
): Promise<number> {
  const { terminal, surroundings, log } = context;
  const interruption = onSignals(() => terminal.note('leaving: what is held is handed back'));
  await requireDevice(settings.device);
  const broker = await findBroker(settings, context);
  const { url, credentials } = broker;
  const access = { ...(await toAccess(settings)), credentials };
  const note = (line: string) => terminal.note(line);
  const { signal } = interruption;
  const bus = await connectBroker({ url, access }, { name: 'embedder', log, note, signal });
  try {
    await refuseOtherContract(bus, 'embedder');
    const record = await findRun(bus, settings.run ?? broker.run);
    for (const line of await chooseSameEmbedder(record, settings)) note(line);
    await requireBytes(bus, record, settings);
    await addEmbedder(bus, record.run);
    const serviceLog = await openServiceLog(settings.data, record.run, log);
    const services = startServices(
      record.run,
      { files: { embedder: settings.embedder }, services: ['embedder'] },
      { settings, surroundings, broker, serviceLog, log },
    );
    terminal.note(`joined run ${record.run}`);
    const stopping = new AbortController();
    const { run } = record;
    const { maxLoad } = settings;
    const options = { run, services, until: undefined, maxLoad, note };
    const inStep = keepInStep(bus, options, stopping.signal);
    try {
      const end = await Promise.race([
        untilRunEnds(bus, record.run).then(() => 'ended' as const),
        untilOneFails(services),
        interruption.requested.then(() => 'left' as const),
      ]);
      terminal.note(`run ${record.run}: ${end}`);
      return exitCodes.ok;
    } finally {
      stopping.abort();
      await inStep;
      await Promise.all([...services.values()].map((service) => service.stop()));
    }
  } finally {
    await bus.close();
  }
}

/** The broker that was named, or that of the run which works in the data folder. */
async function findBroker(
  { nats, natsUser: user, natsPassword: password, data }: EmbedderSettings,
  { surroundings }: CommandContext,
) {
  const url = nats ?? surroundings.environment['NATS_URL'];
  const found = (await readBrokerFile(data, 'run')) ?? (await readBrokerFile(data, 'replay'));
  const place = url === undefined ? found : { url, user, password, run: undefined };
  if (place === undefined) {
    throw new ConfigurationError([
      `--nats: say where the broker is; no run works in ${data} whose broker could be joined`,
    ]);
  }
  const credentials =
    place.user === undefined || place.password === undefined
      ? undefined
      : { user: place.user, password: place.password };
  return { url: place.url, credentials, run: place.run };
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
  settings: EmbedderSettings,
): Promise<readonly string[]> {
  const chosen = await chooseEmbedder({
    ...settings,
    dataDir: settings.data,
    cacheDir: settings.cache,
  });
  if (chosen.recipe.id === recipe.embedding.id) return chosen.notes;
  throw new ConfigurationError([
    `run ${run} embeds with ${describeEmbedding(recipe.embedding)}; this embedder has ` +
      `${describeEmbedding(chosen.recipe)}: give it the run's --embedder, --preprocess, --precision and --activation`,
  ]);
}
