import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import type { Summary } from '@cullstream/report';
import { exitCodes } from '@cullstream/runtime';
import type { CommandContext } from '../commands/command-context.js';
import { createBarView, createPlainView } from '../output/run-view.js';
import { exitCodeOf, formatSummary } from '../output/summary-text.js';
import type { ExecutionSettings } from '../settings/settings.js';
import { executeRun, type Execution, type Interruption } from './execute-run.js';

/**
 * Executes with a view of its progress and prints the summary at the end.
 * @returns the exit code
 */
export async function runToEnd(
  execution: Execution,
  settings: ExecutionSettings,
  { terminal, surroundings, log }: CommandContext,
  interruption: Interruption,
): Promise<number> {
  const view = terminal.isInteractive ? createBarView(terminal) : createPlainView(terminal);
  const end = await executeRun(execution, settings, surroundings, {
    log,
    view,
    interruption,
  }).catch((error: unknown) => {
    if (error instanceof ConfigurationError) throw error;
    log.error({ err: error }, 'the run cannot go on');
    terminal.note(`error: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  });
  if (end?.kind === 'detached') {
    const text = `run ${end.run} has begun; follow it with \`cullstream status\``;
    terminal.print(settings.json ? JSON.stringify({ run: end.run, state: 'running' }) : text);
    return exitCodes.ok;
  }
  if (end === undefined || end.kind === 'interrupted' || end.summary === null) {
    terminal.note(
      settings.services === 'deployed'
        ? 'no longer followed; the deployed services go on with it'
        : 'interrupted; the same command resumes',
    );
    if (settings.json) terminal.print(JSON.stringify({ state: 'interrupted' }));
    return exitCodes.interrupted;
  }
  const path = join(settings.data, end.summary);
  const summary = JSON.parse(await readFile(path, 'utf8')) as Summary;
  terminal.print(
    settings.json
      ? JSON.stringify(summary, null, 2)
      : formatSummary(summary, path.replace(/\.json$/, '.html')),
  );
  return exitCodeOf(summary);
}
