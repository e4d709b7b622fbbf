import type { WorkContext } from '@cullstream/runs';
import type { Terminal } from '../output/terminal.js';

/** What every command gets besides its settings. */
export interface CommandContext extends WorkContext {
  readonly terminal: Terminal;
  /** Tells a person of an error; resolves with the exit code that it stands for. */
  readonly report: (error: unknown) => Promise<number>;
}
