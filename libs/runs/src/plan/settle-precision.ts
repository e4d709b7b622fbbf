import type { DeviceChoice, PrecisionChoice } from '@cullstream/contracts';
import { resolvePrecision } from '@cullstream/models';
import type { FolderOptions, UseOptions, WeightOptions } from '../options.js';

/** Options whose precision may still be open. */
interface Unsettled extends FolderOptions, WeightOptions, Pick<UseOptions, 'preprocess'> {
  readonly precision: PrecisionChoice;
  readonly features?: UseOptions['features'] | undefined;
  readonly device?: DeviceChoice | undefined;
}

/** The same options with the precision that is taken. */
export type Settled<S> = Omit<S, 'precision'> & Pick<UseOptions, 'precision'>;

export interface SettledPrecision<S> {
  readonly settings: Settled<S>;
  /** Which precision is taken and why, where that was not said. */
  readonly notes: readonly string[];
}

/** Takes for `auto` the precision that was approved for these models, once for a whole command. */
export async function settlePrecision<S extends Unsettled>(
  settings: S,
): Promise<SettledPrecision<S>> {
  const { precision, why } = await resolvePrecision({
    ...settings,
    dataDir: settings.data,
    cacheDir: settings.cache,
    features: settings.features ?? 'as-trained',
    device: settings.device ?? 'cpu',
  });
  return {
    settings: { ...settings, precision },
    notes: why === undefined ? [] : [`precision ${why}`],
  };
}
