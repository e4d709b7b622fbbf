import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import {
  authorizationConfig,
  busUsers,
  createNkeyPair,
  toPublicKey,
  type BusUser,
} from '@cullstream/bus';
import { makeFolder, readFileIfThere, replaceFile } from '@cullstream/files';
import { newPageToken } from '@cullstream/runtime';

/** The users of the broker, and the viewers of the page. */
type KeyHolder = BusUser | 'page';

export interface MadeKeys {
  readonly made: readonly KeyHolder[];
  /** Those whose seed or token existed already. */
  readonly kept: readonly KeyHolder[];
  readonly configPath: string;
}

/**
 * Makes a seed for every user that has none, readable for its owner only, and writes the broker's
 * table of users again, so that permissions are up to date after an update of the program.
 * Makes a token for the page too.
 * @param folder gets `<user>.seed`, `page.token`, and `authorization.conf`, which holds no secret
 * @throws {ConfigurationError} when a seed that is there is unusable
 */
export async function makeKeys(folder: string): Promise<MadeKeys> {
  await makeFolder(folder, 0o700);
  const made: KeyHolder[] = [];
  const kept: KeyHolder[] = [];
  const publicKeys: Partial<Record<BusUser, string>> = {};
  for (const user of busUsers) {
    const path = join(folder, `${user}.seed`);
    const found = await readFileIfThere(path);
    if (found === undefined) {
      const { seed, publicKey } = createNkeyPair();
      await writeFile(path, `${seed}\n`, { mode: 0o600, flag: 'wx' });
      publicKeys[user] = publicKey;
      made.push(user);
    } else {
      publicKeys[user] = toCheckedPublicKey(path, found);
      kept.push(user);
    }
  }
  ((await makeToken(join(folder, 'page.token'))) ? made : kept).push('page');
  const configPath = join(folder, 'authorization.conf');
  await replaceFile(configPath, async (temporary) => {
    await writeFile(temporary, authorizationConfig(publicKeys as Record<BusUser, string>));
    // The file must be readable for the user that the broker runs as, which is not known here.
    await chmod(temporary, 0o644);
  });
  return { made, kept, configPath };
}

/** @returns whether the file was made */
async function makeToken(path: string): Promise<boolean> {
  if ((await readFileIfThere(path)) !== undefined) return false;
  await writeFile(path, `${newPageToken()}\n`, { mode: 0o600, flag: 'wx' });
  return true;
}

function toCheckedPublicKey(path: string, seed: string): string {
  try {
    return toPublicKey(seed);
  } catch (cause) {
    throw new ConfigurationError(
      [`${path}: no nkey seed of a user; remove the file to have it made anew`],
      { cause },
    );
  }
}
