import { formatCount } from '@cullstream/contracts';
import { exitCodes } from '@cullstream/runtime';
import { proveTruth, type ProvenTruth } from '@cullstream/truth';
import { describeTruth } from '../output/describe-truth.js';
import { createProgressLine } from '../output/progress-line.js';
import type { TruthSettings } from '../settings/truth-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Finds what the user chose and cropped from the finished images. Writes only databases of
 * Cullstream.
 */
export async function truth(settings: TruthSettings, command: CommandContext): Promise<number> {
  const { terminal } = command;
  const { signal } = command.listenToSignals();
  const progress = createProgressLine(terminal);
  let proven: ProvenTruth;
  try {
    proven = await proveTruth({
      ...settings,
      signal,
      onProgress: ({ project, done, total }) =>
        progress.show(`${project}: ${formatCount(done)} of ${formatCount(total)} finished images`),
    });
  } finally {
    progress.close();
  }
  const { projects, failed, withoutFinals, unknownFinals, isInterrupted } = proven;
  terminal.print(
    settings.json
      ? JSON.stringify(
          {
            complete: !isInterrupted,
            projects,
            failed,
            without_finals: withoutFinals,
            unknown_finals: unknownFinals,
          },
          null,
          2,
        )
      : describeTruth(proven),
  );
  if (isInterrupted) return exitCodes.interrupted;
  const hasFailures = failed.length > 0 || projects.some(({ failures }) => failures.length > 0);
  return hasFailures ? exitCodes.failed : exitCodes.ok;
}
