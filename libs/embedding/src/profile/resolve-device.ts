import type { Device, DeviceChoice } from '@cullstream/contracts';
import { requireDevice } from '@cullstream/inference';
import { readProfile, type ProfileKey } from './profile-store.js';

/** The device to compute on, and why it was chosen where the user did not choose it. */
export interface ResolvedDevice {
  readonly device: Device;
  readonly why: string | undefined;
}

/**
 * A device must be faster than the processor by this factor: measurements differ by a few per cent.
 */
const WORTH_IT = 1.1;

/**
 * The device that the user chose, unchecked, or for `auto` the one that `doctor` measured as the
 * fastest on this machine, if it can be used.
 * @param cacheDir folder for what can be computed again
 */
export async function resolveDevice(
  choice: DeviceChoice,
  cacheDir: string,
  key: ProfileKey,
): Promise<ResolvedDevice> {
  if (choice !== 'auto') return { device: choice, why: undefined };
  const inHalves = key.precision === 'fp16';
  // For devices fp16 was measured beside fp32. On the processor fp16 is not faster.
  const found = await readProfile(cacheDir, inHalves ? { ...key, precision: 'fp32' } : key);
  if (found.state !== 'valid' || found.devices === undefined) {
    return {
      device: 'cpu',
      why: 'the devices were not measured for this model: doctor ‹tune› does',
    };
  }
  const byProcessor = found.imagesPerSecond ?? 0;
  const [fastest] = found.devices
    .flatMap(({ device, imagesPerSecond, fp16 }) => {
      const rate = inHalves ? (fp16?.imagesPerSecond ?? null) : imagesPerSecond;
      return rate === null ? [] : [{ device, rate }];
    })
    .sort((a, b) => b.rate - a.rate);
  if (fastest === undefined || fastest.rate < byProcessor * WORTH_IT) {
    return { device: 'cpu', why: 'no other device was measured to be faster' };
  }
  const measured = `${fastest.rate.toFixed(1)} images/s, the processor ${byProcessor.toFixed(1)}`;
  try {
    await requireDevice(fastest.device);
    return { device: fastest.device, why: `measured: ${measured}` };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { device: 'cpu', why: `${problem}, though it was measured to be faster` };
  }
}
