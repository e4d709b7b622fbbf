import type { WorkContext } from '@cullstream/runs';
import type { Terminal } from '../output/terminal.js';

/** What every command gets in addition to its settings. */
export interface CommandContext extends WorkContext {
  readonly terminal: Terminal;
  /** Reports an error to the user. Resolves with the exit code for this error. */
  readonly report: (error: unknown) => Promise<number>;
}
