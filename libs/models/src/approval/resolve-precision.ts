import type {
  ApprovablePrecision,
  Device,
  DeviceChoice,
  Precision,
  PrecisionChoice,
} from '@cullstream/contracts';
import { readProfile, resolveDevice, type ProfileKey } from '@cullstream/embedding';
import { errorMessage } from '@cullstream/files';
import { identifyGraph, identifyModels, type ModelChoice } from '@cullstream/inference';
import { describeApproval, describeChanges } from './approval.js';
import { readApprovals } from './approval-store.js';
import { toApprovalPlace, toSubject } from './approve-precision.js';

export interface PrecisionOptions extends Omit<ModelChoice, 'precision'> {
  readonly precision: PrecisionChoice;
  readonly device: DeviceChoice;
}

/** The precision to use, with the reason if the user did not set it. */
export interface ResolvedPrecision {
  readonly precision: Precision;
  readonly why: string | undefined;
}

/**
 * Returns the precision that the user set. For `auto` it is the one that was approved for these
 * models on the device in use, if nothing has changed since the approval, else fp32.
 */
export async function resolvePrecision(options: PrecisionOptions): Promise<ResolvedPrecision> {
  const { precision: choice } = options;
  if (choice !== 'auto') return { precision: choice, why: undefined };
  const stay = (why: string): ResolvedPrecision => ({ precision: 'fp32', why: `fp32: ${why}` });
  const models = await identifyModels(options);
  // Code that needs the missing model reports it.
  if (models === undefined) return stay('a model is missing');
  const key = {
    modelSha256: models.embedder.model.sha256,
    precision: 'fp32',
    preprocess: options.preprocess,
  };
  const { device } = await resolveDevice(options.device, options.cacheDir, key);
  const candidate: ApprovablePrecision = device === 'cpu' ? 'int8' : 'fp16';
  const { approvals, unreadable } = await readApprovals(toApprovalPlace(models, options));
  const approval = approvals.find((each) => each.precision === candidate && each.device === device);
  const onDevice = device === 'cpu' ? '' : ` and ‹device=${device}›`;
  // Not one command: what is kept names settings in words (docs/adr/0027).
  const advice = `\`cullstream models approve\` with ‹precision=${candidate}›${onDevice} measures it`;
  if (approval === undefined) {
    return stay(
      unreadable.length > 0
        ? `${unreadable.join(', ')} cannot be read; ${advice} anew`
        : `${candidate} on ${device} is not approved for these models; ${advice}`,
    );
  }
  if (device !== 'cpu') {
    const problem = await findNoGain(device, options.cacheDir, key);
    if (problem !== undefined) return stay(problem);
  }
  try {
    const graph = await identifyGraph(models.embedder, { ...options, precision: candidate });
    const changes = describeChanges(approval.subject, toSubject(models, graph));
    if (changes.length === 0) {
      return { precision: candidate, why: `${candidate}: approved ${describeApproval(approval)}` };
    }
    const given = approval.approvedAt.slice(0, 10);
    return stay(
      `the approval of ${candidate} of ${given} does not hold any more (${changes.join('; ')}); ${advice} anew`,
    );
  } catch (error) {
    return stay(`${candidate} is approved and cannot be prepared: ${errorMessage(error)}`);
  }
}

/** How much faster fp16 must be to be used. Measurements differ by a few per cent. */
const WORTH_IT = 1.1;

/** Why fp16 is not worth it on a device according to `doctor`. Undefined if it is worth it. */
async function findNoGain(
  device: Device,
  cacheDir: string,
  key: ProfileKey,
): Promise<string | undefined> {
  const found = await readProfile(cacheDir, key);
  const ofDevice =
    found.state === 'valid' ? found.devices?.find((each) => each.device === device) : undefined;
  if (ofDevice?.fp16 === undefined) {
    return `whether ${device} gains by fp16 was not measured: \`cullstream doctor\` with ‹tune› does`;
  }
  const { imagesPerSecond: rate, problem } = ofDevice.fp16;
  if (rate === null) return `${device} does not compute in fp16: ${problem ?? ''}`;
  const whole = ofDevice.imagesPerSecond ?? 0;
  if (rate >= whole * WORTH_IT) return undefined;
  return `fp16 on ${device} was measured at ${rate.toFixed(1)} images/s, fp32 at ${whole.toFixed(1)}: no gain`;
}
