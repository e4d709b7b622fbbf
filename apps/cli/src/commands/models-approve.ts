import {
  approvablePrecisions,
  ConfigurationError,
  type ApprovablePrecision,
  type Device,
} from '@cullstream/contracts';
import { identifyModels, requireDevice } from '@cullstream/inference';
import {
  approvePrecision,
  revokeApprovals,
  toApprovalDocument,
  toApprovalPlace,
} from '@cullstream/models';
import { exitCodes } from '@cullstream/runtime';
import { describeApprovalOutcome } from '../output/describe-approval.js';
import type { ModelsApproveSettings } from '../settings/models-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Measures a precision on the user's images. If it agrees with fp32, `--precision auto` uses it.
 */
export async function modelsApprove(
  settings: ModelsApproveSettings,
  context: CommandContext,
): Promise<number> {
  if (settings.revoke) return revoke(settings, context);
  const { originals, precision, data: dataDir, cache: cacheDir, json } = settings;
  const { terminal } = context;
  const device = settings.device === 'auto' ? 'cpu' : settings.device;
  if (originals === undefined) {
    throw new ConfigurationError(['‹originals›: say where images of yours are to measure with']);
  }
  if (precision === undefined) {
    throw new ConfigurationError([
      `‹precision›: say what is to be approved: ${approvablePrecisions.join(' or ')}`,
    ]);
  }
  requireUse(precision, device);
  await requireDevice(device);
  const outcome = await approvePrecision(
    {
      ...settings,
      ...{ device, precision, dataDir, cacheDir, originalsDir: originals },
      thresholds: { samePicks: settings.minSamePicks, cropOverlap: settings.minCropOverlap },
    },
    (what) => terminal.note(`embedding with ${what}`),
  );
  terminal.print(
    json
      ? JSON.stringify(toApprovalDocument(outcome), null, 2)
      : describeApprovalOutcome(outcome, precision, device),
  );
  return outcome.approval === undefined ? exitCodes.failed : exitCodes.ok;
}

/** `auto` would never take it. */
function requireUse(precision: ApprovablePrecision, device: Device): void {
  if ((device === 'cpu') === (precision === 'int8')) return;
  throw new ConfigurationError([
    precision === 'fp16'
      ? '‹precision=fp16›: gains nothing on the processor, so ‹precision=auto› never takes it there; ' +
        'name the ‹device› to approve it on'
      : `‹precision=int8›: ‹precision=auto› takes it on the processor only; leave ‹device=${device}› out`,
  ]);
}

async function revoke(
  settings: ModelsApproveSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const { precision, data: dataDir, cache: cacheDir, json } = settings;
  const models = await identifyModels({ ...settings, dataDir, cacheDir });
  if (models === undefined) {
    throw new ConfigurationError([
      '‹embedder›: name the weights whose approval is revoked, and ‹ranker› and ‹crop› where they are missing',
    ]);
  }
  const revoked = await revokeApprovals(
    toApprovalPlace(models, { dataDir }),
    (each) => precision === undefined || each.precision === precision,
  );
  const names = revoked.map((each) => `${each.precision} on ${each.device}`);
  if (json) terminal.print(JSON.stringify({ revoked: names }, null, 2));
  else if (names.length === 0) terminal.print('nothing was approved');
  else terminal.print(`${names.join(', ')}: not approved any more; ‹precision=auto› is fp32 now`);
  return exitCodes.ok;
}
