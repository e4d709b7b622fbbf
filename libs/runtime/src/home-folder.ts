import { homedir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';

/**
 * The home folder of this user: an absolute path. That of the system's list of users, where the environment
 * names none, or nothing that could be one.
 * @throws {ConfigurationError} when there is none
 */
export function homeFolder(): string {
  try {
    const named = homedir();
    return isAbsolute(named) ? named : userInfo().homedir;
  } catch (cause) {
    throw new ConfigurationError(
      [
        '‹cache›: this user has no home folder to keep it in; name a folder with ‹cache› or CULL_CACHE',
      ],
      { cause },
    );
  }
}
