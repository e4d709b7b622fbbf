import { counted, ConfigurationError } from '@cullstream/contracts';
import { isReplaceable } from '@cullstream/files';
import { exitCodes } from '@cullstream/runtime';
import { chooseProjects, combineProjects, writeFile, writeText } from '@cullstream/versions';
import type { ExportSettings } from '../settings/database-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Exports decisions or images of all or selected projects, into a file or as text to stdout. A
 * project that cannot be read is reported, and the others are still exported.
 */
export async function exportProjects(
  settings: ExportSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const { format, out, json } = settings;
  const projects = chooseProjects(settings.data, settings.project);
  const sheet = combineProjects(settings.data, projects, settings.rows);
  // For scripts, the document of a single project states the name of the project.
  const named = settings.project?.length === 1 ? { project: projects[0] } : {};
  if (out !== undefined) {
    // The file may be the pipe that stdout writes to, so nothing else may be printed to stdout.
    const isPiped = !json && !(await isReplaceable(out));
    const rows = await writeFile(sheet, format, out);
    const document = { ...named, projects, format, file: out, rows, left_out: sheet.leftOut };
    const told = `${counted(rows, 'row')} of ${counted(projects.length - sheet.leftOut.length, 'project')} written to ${out}`;
    if (isPiped) terminal.note(told);
    else terminal.print(json ? JSON.stringify(document, null, 2) : told);
  } else if (json) {
    const rows = [...sheet.rows];
    terminal.print(JSON.stringify({ ...named, projects, rows, left_out: sheet.leftOut }, null, 2));
  } else if (format === 'parquet') {
    throw new ConfigurationError(['--out: parquet is written into a file only; name one']);
  } else {
    await writeText(sheet, format, terminal.output, { end: false });
  }
  let exitCode: number = exitCodes.ok;
  for (const { project, kind, message } of sheet.leftOut) {
    // If all projects are exported, a project that no run has processed is not an error.
    const isError = kind === 'unreadable' || settings.project !== undefined;
    terminal.note(`${isError ? 'error: ' : ''}${project} is left out: ${message}`);
    if (isError) exitCode = exitCodes.failed;
  }
  return exitCode;
}
