import { ConfigurationError } from '@cullstream/contracts';
import { exitCodes } from '@cullstream/runtime';
import { toDecisionSheet } from '../export/decision-sheet.js';
import { findSource } from '../export/find-source.js';
import { toImageSheet } from '../export/image-sheet.js';
import { writeFile, writeText } from '../export/write-sheet.js';
import { formatCount } from '../output/format.js';
import type { ExportSettings } from '../settings/database-settings.js';
import type { CommandContext } from './command-context.js';

/** Decisions, or images, of a project for notebooks: into a file, or text onto stdout. */
export async function exportProject(
  settings: ExportSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const { project, format, out, json } = settings;
  const source = findSource(settings.data, project);
  const sheet = settings.rows === 'images' ? toImageSheet(source) : toDecisionSheet(source);
  if (out !== undefined) {
    const rows = await writeFile(sheet, format, out);
    terminal.print(
      json
        ? JSON.stringify({ project, format, file: out, rows }, null, 2)
        : `${formatCount(rows)} rows written to ${out}`,
    );
  } else if (json) {
    terminal.print(JSON.stringify({ project, rows: [...sheet.rows] }, null, 2));
  } else if (format === 'parquet') {
    throw new ConfigurationError(['--out: a parquet file is not for a terminal; name a file']);
  } else {
    await writeText(sheet, format, terminal.output, { end: false });
  }
  return exitCodes.ok;
}
