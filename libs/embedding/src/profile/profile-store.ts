import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { devices } from '@cullstream/contracts';
import { isErrno, makeFolder, writeFileAtomic } from '@cullstream/files';
import { z } from 'zod';
import { describeMachine, describeMachineChanges, machine } from './describe-machine.js';
import { engineProfile, type EngineProfile } from './engine-profile.js';

/** The model and the machine that a profile was measured for. */
export interface ProfileKey {
  readonly modelSha256: string;
  readonly precision: string;
  readonly preprocess: string;
}

const measured = z.object({
  /** Null where it could not be used. */
  imagesPerSecond: z.number().positive().nullable(),
  /** Why it could not be used. */
  problem: z.string().nullable(),
  /** How it was the fastest. Measurements of earlier versions do not have it. */
  profile: engineProfile.optional(),
});
const measuredDevice = measured.extend({
  device: z.enum(devices),
  /** The same model in fp16, where it was measured. */
  fp16: measured.optional(),
});
/** How fast a device other than the processor embeds. */
export type MeasuredDevice = z.infer<typeof measuredDevice>;

const storedProfile = z.object({
  measuredAt: z.iso.datetime(),
  machine,
  profile: engineProfile,
  /** As measured. Profiles of earlier versions do not have it. */
  imagesPerSecond: z.number().positive().optional(),
  /** The other devices of this machine. Profiles of earlier versions do not have them. */
  devices: z.array(measuredDevice).optional(),
});

/** `stale`: measured on a machine that has changed since; the message says what changed. */
export type FoundProfile =
  | { readonly state: 'none' }
  | { readonly state: 'stale'; readonly why: string }
  | {
      readonly state: 'valid';
      readonly profile: EngineProfile;
      readonly measuredAt: string;
      readonly imagesPerSecond?: number | undefined;
      readonly devices?: readonly MeasuredDevice[] | undefined;
    };

/**
 * The profile measured for a model on this machine. A profile that cannot be read counts as stale,
 * so this never throws.
 * @param cacheDir folder for what can be computed again
 */
export async function readProfile(cacheDir: string, key: ProfileKey): Promise<FoundProfile> {
  const path = toPath(cacheDir, key);
  try {
    const stored = storedProfile.parse(JSON.parse(await readFile(path, 'utf8')));
    const changed = describeMachineChanges(stored.machine, describeMachine());
    if (changed.length > 0) return { state: 'stale', why: changed.join('; ') };
    const { machine: _, ...found } = stored;
    return { state: 'valid', ...found };
  } catch (error) {
    return isErrno(error, 'ENOENT')
      ? { state: 'none' }
      : { state: 'stale', why: `${path} cannot be read` };
  }
}

/** What `doctor` measured. */
export interface MeasuredProfile {
  readonly profile: EngineProfile;
  readonly imagesPerSecond?: number;
  readonly devices?: readonly MeasuredDevice[];
}

/**
 * Stores a profile for this machine, in place of the previous one.
 * @returns the file
 * @throws when the folder cannot be written
 */
export async function storeProfile(
  cacheDir: string,
  key: ProfileKey,
  { profile, imagesPerSecond, devices: ofDevices }: MeasuredProfile,
  measuredAt: Date,
): Promise<string> {
  const path = toPath(cacheDir, key);
  const stored = {
    measuredAt: measuredAt.toISOString(),
    machine: describeMachine(),
    profile,
    imagesPerSecond,
    devices: ofDevices,
  };
  await makeFolder(join(cacheDir, FOLDER));
  await writeFileAtomic(path, `${JSON.stringify(stored, null, 2)}\n`);
  return path;
}

const FOLDER = 'profiles';

function toPath(cacheDir: string, { modelSha256, precision, preprocess }: ProfileKey): string {
  return join(cacheDir, FOLDER, `${modelSha256.slice(0, 32)}-${precision}-${preprocess}.json`);
}
