import { connectBus, ensureStreams, requireJetStream } from '@cullstream/bus';
import { chooseModels } from '@cullstream/inference';
import { exitCodes } from '@cullstream/runtime';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkDevices,
  checkEmbedding,
  checkEncoder,
  checkNode,
  checkPixels,
  checkProfile,
  checkReadable,
  checkResources,
  checkWritable,
  runCheck,
  tuneMachine,
  type DoctorFinding,
} from '@cullstream/runs';
import { describeTuning } from '../output/describe-tuning.js';
import { formatTable } from '../output/format-table.js';
import { openBroker } from '@cullstream/broker';
import type { DoctorSettings } from '../settings/doctor-settings.js';
import type { CommandContext } from './command-context.js';

/** Checks machine, folders, broker, models and an embedding against a known answer. */
export async function doctor(settings: DoctorSettings, context: CommandContext): Promise<number> {
  const { terminal } = context;
  const { originals } = settings;
  if (settings.tune) return tune(settings, context);
  const models = await runCheck('models', () => checkModels(settings));
  const findings: DoctorFinding[] = [
    await runCheck('node', () => checkNode(process.versions.node)),
    await runCheck('machine', checkResources),
    ...(originals === undefined
      ? []
      : [await runCheck('originals', () => checkReadable(originals))]),
    await runCheck('data', () => checkWritable(settings.data)),
    await runCheck('broker', () => checkBroker(context)),
    models,
    await runCheck('pixels', checkPixels),
    await runCheck('embedding', () => checkEmbedding(settings.device)),
    // Where models are missing that has been said.
    ...(models.state === 'error'
      ? []
      : [
          await runCheck('encoder', () => checkEncoder(settings)),
          await runCheck('profile', () => checkProfile(settings)),
        ]),
    await runCheck('devices', () => checkDevices(settings.device)),
  ];
  const healthy = findings.every(({ state }) => state !== 'error');
  terminal.print(
    settings.json
      ? JSON.stringify({ healthy, findings }, null, 2)
      : formatTable(
          ['check', 'state', 'finding'],
          findings.map(({ check, state, message }) => [check, state, message]),
        ),
  );
  return healthy ? exitCodes.ok : exitCodes.failed;
}

async function tune(settings: DoctorSettings, context: CommandContext): Promise<number> {
  const machine = await tuneMachine(settings, context);
  const { trials, chosen, why } = machine.tuned;
  const document = {
    ...{ chosen: chosen?.profile ?? null, why },
    ...{ stored: machine.storedIn, trials },
  };
  context.terminal.print(
    settings.json ? JSON.stringify(document, null, 2) : describeTuning(machine),
  );
  return chosen === undefined ? exitCodes.failed : exitCodes.ok;
}

/** A broker of our own is tried on a store that is thrown away. */
async function checkBroker({ target, log }: CommandContext): Promise<Omit<DoctorFinding, 'check'>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cullstream-doctor-'));
  try {
    const broker = await openBroker(target.kind === 'own' ? { ...target, dataDir } : target, log);
    try {
      const { url, access } = broker;
      const bus = await connectBus({
        url,
        ...access,
        name: 'doctor',
        log,
        firstConnectTimeoutMs: 5_000,
      });
      try {
        const version = bus.connection.info?.version ?? 'unknown';
        await requireJetStream(bus);
        if (broker.version !== undefined) await ensureStreams(bus);
        return { state: 'ok', message: `nats-server ${version} with JetStream answers at ${url}` };
      } finally {
        await bus.close();
      }
    } finally {
      await broker.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function checkModels(settings: DoctorSettings): Promise<Omit<DoctorFinding, 'check'>> {
  const models = await chooseModels({
    ...settings,
    dataDir: settings.data,
    cacheDir: settings.cache,
  });
  const { model } = models.embeddingRecipe;
  const { ranker, crop } = models.predictionRecipe;
  const notes = models.notes.length === 0 ? '' : `; ${models.notes.join('; ')}`;
  const message = `${model.file}, ${ranker.file}, ${crop.file} can be used${notes}`;
  return { state: 'ok', message };
}
