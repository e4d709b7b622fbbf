import { counted } from '@cullstream/contracts';
import { exitCodes } from '@cullstream/runtime';
import type { VerifySettings } from '../settings/database-settings.js';
import { describeProof } from '../output/describe-proof.js';
import { neverInterrupted, verifyAll, type RepairOutcome } from '@cullstream/runs';
import type { CommandContext } from './command-context.js';

/** Checks that the results of a run are complete. `--repair` fills the gaps first. */
export async function verify(settings: VerifySettings, command: CommandContext): Promise<number> {
  const { terminal } = command;
  const verification = await verifyAll(settings, {
    ...command,
    // Without `--repair` the command changes nothing, so a signal may end it at once.
    interruption: settings.repair ? command.listenToSignals() : neverInterrupted,
    onRepaired: (repair) => tellRepair(repair, command),
  });
  if (verification === undefined) return exitCodes.interrupted;
  const { proofs, streams, comparisons, gaps, accepted, notes, repair } = verification;
  const complete = gaps.length === 0 && proofs.length + accepted.length > 0;
  const projects = proofs.map((proof) => {
    const comparison = comparisons.get(proof.project);
    return comparison === undefined ? proof : { ...proof, comparison };
  });
  terminal.print(
    settings.json
      ? JSON.stringify({ complete, projects, streams, gaps, accepted, notes, repair }, null, 2)
      : describeProof(verification),
  );
  return complete ? exitCodes.ok : exitCodes.failed;
}

function tellRepair(
  { requeued, setAside, problems }: RepairOutcome,
  { terminal }: CommandContext,
): void {
  for (const { from, to } of setAside) {
    terminal.note(`${from} was damaged and is kept as ${to}`);
  }
  for (const problem of problems) terminal.note(`error: ${problem}`);
  terminal.note(
    requeued === 0
      ? 'there is nothing to send again'
      : `${counted(requeued, 'image')} sent through the stages again`,
  );
}
