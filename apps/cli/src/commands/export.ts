import { counted, ConfigurationError } from '@cullstream/contracts';
import { isReplaceable } from '@cullstream/files';
import { exitCodes } from '@cullstream/runtime';
import { chooseProjects, combineProjects, writeFile, writeText } from '@cullstream/versions';
import { refuseKnownOriginals } from '@cullstream/runs';
import type { ExportSettings } from '../settings/database-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Decisions, or images, of all projects or those named, for notebooks: into a file, or text onto
 * stdout. A project that cannot be read is named and leaves the others alone.
 */
export async function exportProjects(
  settings: ExportSettings,
  { terminal, log }: CommandContext,
): Promise<number> {
  const { format, out, json } = settings;
  await refuseKnownOriginals(settings, log);
  const projects = chooseProjects(settings.data, settings.project);
  const sheet = combineProjects(settings.data, projects, settings.rows);
  // Scripts that name one project ask the document for its name.
  const named = settings.project?.length === 1 ? { project: projects[0] } : {};
  if (out !== undefined) {
    // Its reader may be that of stdout: nothing may come between, or over it.
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
    // Where all are exported, nobody has asked for one that no run has come to.
    const isError = kind === 'unreadable' || settings.project !== undefined;
    terminal.note(`${isError ? 'error: ' : ''}${project} is left out: ${message}`);
    if (isError) exitCode = exitCodes.failed;
  }
  return exitCode;
}
