import { listExecutionProviders } from '@cullstream/inference';
import type { DoctorFinding } from './finding.js';

/** What the installed onnxruntime could compute on here. */
export function checkDevices(): Omit<DoctorFinding, 'check'> {
  const devices = listExecutionProviders().map(({ name, isBundled }) =>
    isBundled ? name : `${name} (with its maker's libraries)`,
  );
  return { state: 'ok', message: `inference uses cpu; onnxruntime offers ${devices.join(', ')}` };
}
