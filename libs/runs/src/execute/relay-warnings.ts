import type { RunId } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import { createWarningRelay } from '@cullstream/runtime';

/**
 * Tells the reporter of deployed services what this process warns of: it has no log of the command.
 * @returns what ends it
 */
export function relayWarnings(
  bus: Bus,
  run: RunId,
  onWarning: (listener: (warning: string) => void) => () => void,
): () => void {
  const relay = createWarningRelay('operator');
  relay.connect(bus);
  return onWarning((text) => relay.take({ text, run }));
}
