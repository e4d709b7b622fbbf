import type { Device } from '@cullstream/contracts';
import type { EngineProfile } from './engine-profile.js';
import { readProfile, type FoundProfile, type ProfileKey } from './profile-store.js';

/** How fast a device embeds in one precision, and how it does so. */
export interface DeviceRate {
  readonly device: Device;
  readonly imagesPerSecond: number;
  readonly profile: EngineProfile | undefined;
}

/** What `doctor` measured of this machine for a model, the fastest device first. */
export interface DeviceRates {
  readonly measuredAt: string;
  /** That of the processor. */
  readonly processor: number;
  readonly others: readonly DeviceRate[];
}

/**
 * The devices besides the processor. Undefined where they were not measured. Where a model was
 * measured in fp32, they were also measured in fp16.
 */
export async function readDeviceRates(
  cacheDir: string,
  key: ProfileKey,
): Promise<DeviceRates | undefined> {
  const own = toRates(await readProfile(cacheDir, key), false);
  if (own !== undefined || key.precision !== 'fp16') return own;
  return toRates(await readProfile(cacheDir, { ...key, precision: 'fp32' }), true);
}

function toRates(found: FoundProfile, inHalves: boolean): DeviceRates | undefined {
  if (found.state !== 'valid' || found.devices === undefined) return undefined;
  const others = found.devices.flatMap(({ device, fp16, ...whole }) => {
    const { imagesPerSecond = null, profile } = (inHalves ? fp16 : whole) ?? {};
    return imagesPerSecond === null ? [] : [{ device, imagesPerSecond, profile }];
  });
  return {
    measuredAt: found.measuredAt,
    processor: found.imagesPerSecond ?? 0,
    others: others.sort((a, b) => b.imagesPerSecond - a.imagesPerSecond),
  };
}

/** How one device is used best for a model on this machine. */
export async function readDeviceProfile(
  cacheDir: string,
  key: ProfileKey,
  device: Device,
): Promise<FoundProfile> {
  if (device === 'cpu') return readProfile(cacheDir, key);
  const rates = await readDeviceRates(cacheDir, key);
  const rate = rates?.others.find((each) => each.device === device);
  if (rates === undefined || rate?.profile === undefined) {
    const found = await readProfile(cacheDir, key);
    return found.state === 'stale' ? found : { state: 'none' };
  }
  const { profile, imagesPerSecond } = rate;
  return { state: 'valid', measuredAt: rates.measuredAt, profile, imagesPerSecond };
}
