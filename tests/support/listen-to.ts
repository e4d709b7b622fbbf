import type { ChildProcess } from 'node:child_process';
import { waitFor } from '@cullstream/testing';
import { expect } from 'vitest';

/** Collects what a command prints on stderr from now on. */
export function listenTo(child: ChildProcess) {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  return {
    /** Waits for a sentence while the command continues. */
    async says(pattern: RegExp): Promise<void> {
      await waitFor(() => pattern.test(said), { what: `${pattern}`, timeoutMs: 60_000 });
      expect(child.exitCode).toBeNull();
    },
  };
}
