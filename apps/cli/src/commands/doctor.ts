import { diagnoseMachine, tuneMachine } from '@cullstream/runs';
import { exitCodes } from '@cullstream/runtime';
import { describeTuning, toTuningDocument } from '../output/describe-tuning.js';
import { formatTable } from '../output/format-table.js';
import type { DoctorSettings } from '../settings/doctor-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Checks the machine, the folders, the broker and the models, and compares an embedding with a
 * known one.
 */
export async function doctor(settings: DoctorSettings, context: CommandContext): Promise<number> {
  const { terminal } = context;
  if (settings.tune) return tune(settings, context);
  const findings = await diagnoseMachine(settings, context);
  const healthy = findings.every(({ state }) => state !== 'error');
  terminal.print(
    settings.json
      ? JSON.stringify({ healthy, findings }, null, 2)
      : formatTable(
          ['check', 'state', 'finding'],
          findings.map(({ check, state, message }) => [check, state, message]),
        ),
  );
  return healthy ? exitCodes.ok : exitCodes.failed;
}

async function tune(settings: DoctorSettings, context: CommandContext): Promise<number> {
  const machine = await tuneMachine(settings, context);
  context.terminal.print(
    settings.json ? JSON.stringify(toTuningDocument(machine), null, 2) : describeTuning(machine),
  );
  return machine.tuned.chosen === undefined ? exitCodes.failed : exitCodes.ok;
}
