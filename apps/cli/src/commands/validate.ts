import { counted } from '@cullstream/contracts';
import { validateDatabases } from '@cullstream/runs';
import { countFindings, describeValidations } from '../output/describe-validation.js';
import type { ValidateSettings } from '../settings/database-settings.js';
import type { CommandContext } from './command-context.js';

const EXIT = { sound: 0, warnings: 1, errors: 2 } as const;

/**
 * Checks databases of Cullstream and of the user. Exit code 0: no findings, 1: warnings, 2: errors.
 */
export async function validate(
  settings: ValidateSettings,
  { terminal }: CommandContext,
  paths: readonly string[],
): Promise<number> {
  const { validations, unchecked } = await validateDatabases(settings, paths);
  const all = validations.flatMap(({ findings }) => findings);
  const errors = countFindings(all, 'error');
  const warnings = countFindings(all, 'warning');
  for (const { project, message } of unchecked) {
    terminal.note(`${project}: its image names are not compared with the originals: ${message}`);
  }
  terminal.print(
    settings.json
      ? JSON.stringify({ databases: validations, errors, warnings, unchecked }, null, 2)
      : [
          describeValidations(validations),
          `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`,
        ].join('\n'),
  );
  if (errors > 0) return EXIT.errors;
  return warnings > 0 ? EXIT.warnings : EXIT.sound;
}
