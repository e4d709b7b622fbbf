import { refuseKnownOriginals } from '@cullstream/runs';
import { refuseReplacing, type Logger } from '@cullstream/runtime';

/**
 * Refuses files to be written among originals that the data folder knows, or in place of what is no output of
 * a command.
 * @param settings of any command, with the operand that names a file to write as `file`
 * @throws {ConfigurationError}
 */
export async function refuseTargets(
  settings: Readonly<Record<string, unknown>>,
  log: Logger,
): Promise<void> {
  await refuseKnownOriginals(settings, log);
  refuseReplacing(settings);
}
