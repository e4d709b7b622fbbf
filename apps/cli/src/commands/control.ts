import { exitCodes } from '@cullstream/runtime';
import {
  cancelRun,
  pauseRun,
  prioritiseProjects,
  resumeRun,
  type ControlledRun,
} from '@cullstream/runs';
import type { ControlSettings, PrioritiseSettings } from '../settings/control-settings.js';
import type { CommandContext } from './command-context.js';

/** Pauses a run until it is resumed. */
export async function pause(
  settings: ControlSettings,
  context: CommandContext,
  [id]: readonly string[],
): Promise<number> {
  const controlled = await pauseRun({ folder: settings, context, id });
  const text = `run ${controlled.record.run} is paused: what is in flight is finished; \`cullstream resume\` goes on`;
  return tell(controlled, text, settings, context);
}

/** Resumes a paused run. */
export async function resume(
  settings: ControlSettings,
  context: CommandContext,
  [id]: readonly string[],
): Promise<number> {
  const controlled = await resumeRun({ folder: settings, context, id });
  const { run, replay } = controlled.record;
  const command = replay === undefined ? 'run' : 'replay';
  const text = controlled.isIdle
    ? `run ${run} may go on: the same \`cullstream ${command}\` takes it up`
    : `run ${run} goes on`;
  return tell(controlled, text, settings, context);
}

/** Cancels a run, which cannot be resumed afterwards. */
export async function cancel(
  settings: ControlSettings,
  context: CommandContext,
  [id]: readonly string[],
): Promise<number> {
  const controlled = await cancelRun({ folder: settings, context, id });
  const text = `run ${controlled.record.run} is cancelled: what was done stays, what was waiting is gone`;
  return tell(controlled, text, settings, context);
}

/** Moves projects of a run before all others. */
export async function prioritise(
  settings: PrioritiseSettings,
  context: CommandContext,
  projects: readonly string[],
): Promise<number> {
  const options = { folder: settings, context, id: settings.run };
  const controlled = await prioritiseProjects(options, projects);
  const { run } = controlled.record;
  const order =
    projects.length === 0
      ? `run ${run} keeps to its own order`
      : `run ${run}: ${projects.join(', ')} first`;
  const text = order + (controlled.isIdle ? ', once it is taken up' : '');
  return tell(controlled, text, settings, context);
}

function tell(
  { record: { run, state, first = [] } }: ControlledRun,
  text: string,
  { json }: { readonly json: boolean },
  { terminal }: CommandContext,
): number {
  terminal.print(json ? JSON.stringify({ run, state, first }) : text);
  return exitCodes.ok;
}
