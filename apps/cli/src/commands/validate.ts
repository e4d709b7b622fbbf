import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import {
  DATABASE_FOLDER,
  validateDatabase,
  validateFolder,
  type Validation,
} from '@cullstream/store';
import { formatTable } from '../output/format.js';
import type { ValidateSettings } from '../settings/settings.js';
import type { CommandContext } from './command-context.js';

/** Worst rows that the text names, a database. */
const FINDINGS_SHOWN = 10;
const EXIT = { sound: 0, warnings: 1, errors: 2 } as const;

/** Checks databases, cullstream's and the user's: exit 0 sound, 1 warnings, 2 errors. */
export async function validate(
  settings: ValidateSettings,
  { terminal }: CommandContext,
  paths: readonly string[],
): Promise<number> {
  const targets = paths.length > 0 ? paths : [join(settings.data, ...DATABASE_FOLDER)];
  const validations = targets.flatMap((path) => validatePath(path));
  const count = (severity: 'warning' | 'error') =>
    validations.reduce(
      (sum, { findings }) =>
        sum + findings.filter((finding) => finding.severity === severity).length,
      0,
    );
  const errors = count('error');
  const warnings = count('warning');
  terminal.print(
    settings.json
      ? JSON.stringify({ databases: validations, errors, warnings }, null, 2)
      : toText(validations, errors, warnings),
  );
  if (errors > 0) return Promise.resolve(EXIT.errors);
  return Promise.resolve(warnings > 0 ? EXIT.warnings : EXIT.sound);
}

function validatePath(path: string): Validation[] {
  if (!existsSync(path)) {
    throw new ConfigurationError([
      `${path}: there is no such database or folder; name one, or the data folder with --data`,
    ]);
  }
  return statSync(path).isDirectory() ? [...validateFolder(path)] : [validateDatabase(path)];
}

function toText(validations: readonly Validation[], errors: number, warnings: number): string {
  const head = [
    'database',
    'created by',
    'groups',
    'with AI',
    'with user data',
    'errors',
    'warnings',
  ];
  const rows = validations.map(({ path, ours, findings, statistics }) => [
    basename(path),
    ours ? 'cullstream' : 'others',
    statistics.rows,
    statistics.withPrediction,
    statistics.withUserDecision,
    findings.filter(({ severity }) => severity === 'error').length,
    findings.filter(({ severity }) => severity === 'warning').length,
  ]);
  const lines = validations.flatMap(({ path, findings }) => {
    const worst = [...findings].sort((a, b) =>
      a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : 0,
    );
    const shown = worst
      .slice(0, FINDINGS_SHOWN)
      .map(
        ({ severity, check, groupId, message }) =>
          `${severity}: ${basename(path)}${groupId === undefined ? '' : ` ${groupId}`}: ${message} (${check})`,
      );
    const hidden = findings.length - shown.length;
    return hidden > 0
      ? [...shown, `and ${hidden} more in ${basename(path)}; --json lists all`]
      : shown;
  });
  return [formatTable(head, rows), ...lines, `${errors} errors, ${warnings} warnings`].join('\n');
}
