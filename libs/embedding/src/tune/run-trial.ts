import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { EngineOptions } from '../embedding-engine.js';
import { engineEnvironment } from '../engine-environment.js';
import type { EngineProfile } from '../profile/engine-profile.js';

const require = createRequire(import.meta.url);

export interface TrialOptions {
  readonly profile: EngineProfile;
  readonly model: Pick<EngineOptions, 'modelPath' | 'preprocess' | 'sharedWeights' | 'device'>;
  /** Files of encoded images, used in turn. */
  readonly pictures: readonly string[];
  /** Images that are measured, besides those that fill the engine. */
  readonly images: number;
}

export interface TrialResult {
  readonly imagesPerSecond: number;
  readonly peakBytes: number;
}

/**
 * @param environment of the process
 * @param timeoutMs after which it is killed; never where none is given
 * @throws when the engine cannot work with the profile
 */
export async function runTrial(
  options: TrialOptions,
  environment: Readonly<Record<string, string | undefined>>,
  timeoutMs?: number,
): Promise<TrialResult> {
  const script = require.resolve('@cullstream/embedding/trial-process');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [script, JSON.stringify(options)],
    { env: { ...engineEnvironment, ...environment }, timeout: timeoutMs },
  );
  return JSON.parse(stdout) as TrialResult;
}
