import { exitCodes } from '@cullstream/runtime';
import { makeKeys } from '@cullstream/broker';
import { namingPath } from '../output/naming-path.js';
import type { KeysSettings } from '../settings/deployment-settings.js';
import type { CommandContext } from './command-context.js';

/** Creates the keys for the users of a deployment, and the broker's configuration for them. */
export async function keys({ out }: KeysSettings, { terminal }: CommandContext): Promise<number> {
  const { made, kept, configPath } = await namingPath('--out', out, () => makeKeys(out));
  terminal.print(
    [
      ...(made.length > 0 ? [`made: ${made.join(', ')}`] : []),
      ...(kept.length > 0 ? [`kept: ${kept.join(', ')} (remove a file to have it made anew)`] : []),
      `for the broker's configuration: ${configPath}`,
    ].join('\n'),
  );
  return exitCodes.ok;
}
