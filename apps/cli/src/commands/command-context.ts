import type { Logger } from '@cullstream/runtime';
import type { Terminal } from '../output/terminal.js';
import type { Surroundings } from '../settings/read-settings.js';

/** What every command gets besides its settings. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly surroundings: Surroundings;
  readonly log: Logger;
  /** Tells a person of an error; resolves with the exit code that it stands for. */
  readonly report: (error: unknown) => Promise<number>;
}
