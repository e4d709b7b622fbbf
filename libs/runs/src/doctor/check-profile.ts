import { describeProfile, readDeviceProfile, resolveDevice } from '@cullstream/embedding';
import { chooseEmbedder } from '@cullstream/inference';
import type { DoctorOptions } from '../options.js';
import type { DoctorFinding } from './finding.js';

/** Whether embedders of this machine work as `doctor` measured, or by default. */
export async function checkProfile(settings: DoctorOptions): Promise<Omit<DoctorFinding, 'check'>> {
  const { data: dataDir, cache: cacheDir, precision, preprocess } = settings;
  const { recipe } = await chooseEmbedder({ ...settings, dataDir, cacheDir });
  const key = { modelSha256: recipe.model.sha256, precision, preprocess };
  const { device, why } = await resolveDevice(settings.device, cacheDir, key);
  const because = why === undefined ? '' : `; device ${device}: ${why}`;
  const found = await readDeviceProfile(cacheDir, key, device);
  switch (found.state) {
    case 'valid':
      return {
        state: 'ok',
        message: `${device}: ${describeProfile(found.profile)}, as measured ${found.measuredAt.slice(0, 10)}${because}`,
      };
    case 'stale':
      return {
        state: 'warning',
        message: `the measured profile is ignored (${found.why}); measure again: doctor ‹tune›${because}`,
      };
    case 'none':
      return {
        state: 'ok',
        message: `defaults; \`doctor ‹tune›\` measures what suits this machine${because}`,
      };
  }
}
