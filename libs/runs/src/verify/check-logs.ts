import { basename, join } from 'node:path';
import { counted } from '@cullstream/contracts';
import { readFileIfThere } from '@cullstream/files';
import { logFile } from '@cullstream/report';
import { readSummaries } from '../status/read-last-summary.js';

/** Lines of the batch log and summaries that are damaged. They are for people, so nothing makes them again. */
export async function checkLogs(dataDir: string): Promise<string[]> {
  const notes: string[] = [];
  const text = (await readFileIfThere(join(dataDir, logFile)).catch(() => undefined)) ?? '';
  const damaged = text.split('\n').filter((line) => line !== '' && !isLogLine(line)).length;
  if (damaged > 0) {
    notes.push(`${counted(damaged, 'line')} of ${logFile} damaged: what they said is lost`);
  }
  const onUnreadable = (path: string) =>
    notes.push(`ai_data/${basename(path)} cannot be read: what that run reported is lost`);
  const summaries = readSummaries(dataDir, { onUnreadable });
  while ((await summaries.next()).done !== true);
  return notes;
}

function isLogLine(line: string): boolean {
  try {
    const content = JSON.parse(line) as { project_id?: unknown } | null;
    return typeof content?.project_id === 'string';
  } catch {
    return false;
  }
}
