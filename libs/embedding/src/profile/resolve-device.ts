import type { Device, DeviceChoice } from '@cullstream/contracts';
import { requireDevice } from '@cullstream/inference';
import { readDeviceRates, type DeviceRate } from './device-profiles.js';
import type { ProfileKey } from './profile-store.js';

/** The device to compute on, and why it was chosen where the user did not choose it. */
export interface ResolvedDevice {
  readonly device: Device;
  readonly why: string | undefined;
}

/**
 * A device must be faster than the processor by this factor: measurements differ by a few per cent.
 */
const WORTH_IT = 1.1;

/** The device to take instead of the processor. Undefined where none is worth it. */
export function findFastest<D extends Pick<DeviceRate, 'imagesPerSecond'>>(
  processor: number,
  others: readonly D[],
): D | undefined {
  const [fastest] = others.toSorted((a, b) => b.imagesPerSecond - a.imagesPerSecond);
  return fastest !== undefined && fastest.imagesPerSecond >= processor * WORTH_IT
    ? fastest
    : undefined;
}

/**
 * The device that the user chose, unchecked, or for `auto` the one that `doctor` measured as the
 * fastest on this machine, if it can be used.
 * @param cacheDir folder for what can be computed again
 * @param tryDevice throws where a device cannot be used; tests replace it
 */
export async function resolveDevice(
  choice: DeviceChoice,
  cacheDir: string,
  key: ProfileKey,
  tryDevice: (device: Device) => Promise<void> = requireDevice,
): Promise<ResolvedDevice> {
  if (choice !== 'auto') return { device: choice, why: undefined };
  const rates = await readDeviceRates(cacheDir, key);
  if (rates === undefined) {
    return {
      device: 'cpu',
      why: 'the devices were not measured for this model: `cullstream doctor` with ‹tune› does',
    };
  }
  const { processor, others } = rates;
  const fastest = findFastest(processor, others);
  if (fastest === undefined) {
    return { device: 'cpu', why: 'no other device was measured to be faster' };
  }
  const measured = `${fastest.imagesPerSecond.toFixed(1)} images/s, the processor ${processor.toFixed(1)}`;
  try {
    await tryDevice(fastest.device);
    return { device: fastest.device, why: `measured: ${measured}` };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { device: 'cpu', why: `${problem}, though it was measured to be faster` };
  }
}
