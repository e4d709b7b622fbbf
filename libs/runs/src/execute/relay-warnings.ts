import type { RunRecord } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import { createWarningRelay } from '@cullstream/runtime';

/** What this process warns of reaches the reporter of deployed services. */
export interface RelayedWarnings {
  /** Settles when every warning is delivered or has waited too long. */
  told(): Promise<void> | undefined;
  end(): void;
}

/**
 * Tells the reporter of deployed services what this process warns of, beside what the record of the run
 * says: it has no log of the command.
 */
export function relayWarnings(
  bus: Bus,
  { run, warnings = [] }: Pick<RunRecord, 'run' | 'warnings'>,
  onWarning: (listener: (warning: string) => void) => () => void,
): RelayedWarnings {
  const relay = createWarningRelay('operator');
  relay.connect(bus);
  const recorded = new Set(warnings);
  const end = onWarning((text) => {
    if (!recorded.has(text)) relay.take({ text, run });
  });
  return { told: () => relay.told(), end };
}
