import type { Interruption, WorkContext } from '@cullstream/runs';
import type { Terminal } from '../output/terminal.js';

/** What every command gets in addition to its settings. */
export interface CommandContext extends WorkContext {
  readonly terminal: Terminal;
  /**
   * Lets the user interrupt what follows, by SIGINT or SIGTERM. Before, they end the process.
   * @param told message for the user at the first signal, saying what happens now
   */
  readonly listenToSignals: (told?: string) => Interruption;
  /** Reports an error to the user. Resolves with the exit code for this error. */
  readonly report: (error: unknown) => Promise<number>;
}
