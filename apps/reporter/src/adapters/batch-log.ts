import { appendFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readFileIfThere, type GuardedFolder } from '@cullstream/files';
import { logFile, type LogLine } from '@cullstream/report';
import type { ProjectLog } from '../core/run-report.js';

/**
 * The log of finished projects, `batch_predictions_log.jsonl`, with one line for each project of a run.
 * A reporter that is started again reads from the file which projects are logged already. Incomplete
 * lines and those of other tools are left as they are.
 * @param folder the data folder; a line is not written while another one is in its place
 */
export async function openBatchLog(
  dataDir: string,
  run: string,
  folder: GuardedFolder,
): Promise<ProjectLog> {
  const path = join(dataDir, logFile);
  const content = (await readFileIfThere(path)) ?? '';
  const told = new Set(content.split('\n').flatMap((line) => readProject(line, run)));
  let separator = content === '' || content.endsWith('\n') ? '' : '\n';
  return {
    append(line) {
      if (told.has(line.project_id)) return Promise.resolve();
      // Synchronous, so that little time passes between the check and the write. A project has one line.
      folder.makeFolder(dirname(path));
      appendFileSync(path, `${separator}${JSON.stringify(line)}\n`);
      separator = '';
      told.add(line.project_id);
      return Promise.resolve();
    },
  };
}

function readProject(line: string, run: string): string[] {
  if (!line.includes(run)) return [];
  try {
    const { run_id: runId, project_id: projectId } = JSON.parse(line) as Partial<LogLine>;
    return runId === run && projectId !== undefined ? [projectId] : [];
  } catch {
    return [];
  }
}
