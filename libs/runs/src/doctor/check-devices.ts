import type { DeviceChoice } from '@cullstream/contracts';
import { listDevices, requireDevice } from '@cullstream/inference';
import type { DiagnosisOptions } from '../options.js';
import type { DoctorFinding } from './finding.js';

/**
 * What the installed onnxruntime can compute on here, each tried.
 * @throws {ConfigurationError} when the device that was asked for cannot be used
 */
export async function checkDevices({
  device,
  precision,
}: Pick<DiagnosisOptions, 'device' | 'precision'>): Promise<Omit<DoctorFinding, 'check'>> {
  await requireDevice(device, precision);
  const offered = (await listDevices()).map(({ device: each, problem }) =>
    problem === undefined ? each : `${each} (offered, not usable: ${problem})`,
  );
  return {
    state: 'ok',
    message: `the image encoder is computed by ${toName(device)}; here are ${offered.join(', ')}`,
  };
}

function toName(device: DeviceChoice): string {
  return device === 'auto' ? 'the fastest device that was measured' : device;
}
