import type { RunId } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import { createWarningRelay } from '@cullstream/runtime';

/** What this process warns of reaches the reporter of deployed services. */
export interface RelayedWarnings {
  /** Settles when everything warned of is told, or has waited long enough. */
  told(): Promise<void> | undefined;
  end(): void;
}

/** Tells the reporter of deployed services what this process warns of: it has no log of the command. */
export function relayWarnings(
  bus: Bus,
  run: RunId,
  onWarning: (listener: (warning: string) => void) => () => void,
): RelayedWarnings {
  const relay = createWarningRelay('operator');
  relay.connect(bus);
  const end = onWarning((text) => relay.take({ text, run }));
  return { told: () => relay.told(), end };
}
