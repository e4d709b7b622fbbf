import { appendFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readFileIfThere } from '@cullstream/files';
import { logFile, type LogLine } from '@cullstream/report';
import type { ProjectLog } from '../core/run-report.js';

/**
 * The log of finished projects, `batch_predictions_log.jsonl`. A reporter that is started again
 * learns from the file what it has told already, and a project is told once a run. Lines that are torn or of other tools are left.
 * @param confirmFolder throws where another folder stands in the place of the data folder
 */
export async function openBatchLog(
  dataDir: string,
  run: string,
  confirmFolder: () => void,
): Promise<ProjectLog> {
  const path = join(dataDir, logFile);
  await mkdir(dirname(path), { recursive: true });
  const content = (await readFileIfThere(path)) ?? '';
  const told = new Set(content.split('\n').flatMap((line) => readProject(line, run)));
  let separator = content === '' || content.endsWith('\n') ? '' : '\n';
  return {
    append(line) {
      if (told.has(line.project_id)) return Promise.resolve();
      // At once, so that nothing comes between; a project has one line.
      confirmFolder();
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
