import { settlePrecision } from '../plan/settle-precision.js';
import type { DiagnosisOptions, Given } from '../options.js';
import type { WorkContext } from '../work-context.js';
import { checkBroker } from './check-broker.js';
import { checkDevices } from './check-devices.js';
import { checkEmbedding, checkEncoder, checkPixels } from './check-embedding.js';
import { checkNode, checkReadable, checkResources, checkWritable } from './check-machine.js';
import { checkModels } from './check-models.js';
import { checkProfile } from './check-profile.js';
import { checkVectorForm } from './check-vector-form.js';
import { runCheck, type DoctorFinding } from './finding.js';

/** Checks the machine, its folders, the broker, the models, and an embedding against a known one. */
export async function diagnoseMachine(
  given: Given<DiagnosisOptions>,
  context: Pick<WorkContext, 'target' | 'log'>,
): Promise<DoctorFinding[]> {
  const { settings, notes } = await settlePrecision(given);
  const { originals } = settings;
  const models = await runCheck('models', () => checkModels(settings));
  return [
    await runCheck('node', () => checkNode(process.versions.node)),
    await runCheck('machine', checkResources),
    ...(originals === undefined
      ? []
      : [await runCheck('originals', () => checkReadable(originals))]),
    await runCheck('data', () => checkWritable(settings.data)),
    await runCheck('broker', () => checkBroker(context)),
    models,
    {
      check: 'precision',
      state: 'ok',
      message: notes[0] ?? `precision ${settings.precision}, as said`,
    },
    await runCheck('pixels', checkPixels),
    await runCheck('embedding', () =>
      checkEmbedding(settings.device === 'auto' ? 'cpu' : settings.device),
    ),
    // The check of the models reports it.
    ...(models.state === 'error'
      ? []
      : [
          await runCheck('encoder', () => checkEncoder(settings)),
          await runCheck('profile', () => checkProfile(settings)),
          await runCheck('vectors', () => checkVectorForm(settings)),
        ]),
    await runCheck('devices', () => checkDevices(settings)),
  ];
}
