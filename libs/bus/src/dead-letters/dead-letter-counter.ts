import type { RunId } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';
import { readEventsAfter } from '../read/read-events-after.js';
import { DEAD_LETTERS, streams } from '../topology/streams.js';
import { deadLetterHeaders } from './dead-letter.js';
import { belongsToRun } from './to-dead-letter.js';

/** Counts dead letters by run where one consumer serves all runs, by the subject they came from. */
export interface DeadLetterCounter {
  count(run: RunId): Promise<number>;
}

/** Reads the letters only when their number or the newest of them changed. */
export function createDeadLetterCounter(bus: Bus): DeadLetterCounter {
  const { name: stream } = streams.dead;
  let seen = '';
  let subjects: string[] = [];
  return {
    async count(run) {
      const { state } = await bus.manager.streams.info(stream);
      const current = `${state.messages}/${state.last_seq}`;
      if (current !== seen) {
        const found: string[] = [];
        await readEventsAfter(
          bus,
          { stream, filter: DEAD_LETTERS, afterSequence: 0 },
          ({ headers }) => {
            found.push(headers.get(deadLetterHeaders.subject) ?? '');
          },
        );
        subjects = found;
        seen = current;
      }
      return subjects.filter((subject) => belongsToRun(subject, run)).length;
    },
  };
}
