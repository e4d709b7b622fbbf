import { runStatus, statusSubject, type RunId, type RunStatus } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';
import { parseJson } from '../parse-json.js';

/**
 * Listens to the states of a run that its reporter broadcasts, or of all runs. They are for showing
 * only: whoever may publish on the subject can make them up, so decisions are made from the record of
 * the run. Whatever is not a state, or is one of another run than its subject says, is left out.
 * @returns a function that ends this
 */
export function hearStatus(
  { connection }: Pick<Bus, 'connection'>,
  run: RunId | undefined,
  take: (status: RunStatus) => void,
): () => void {
  const subscription = connection.subscribe(statusSubject(run), {
    callback: (error, message) => {
      if (error !== null) return;
      const { data: status } = runStatus.safeParse(parseJson(message));
      if (status !== undefined && message.subject === statusSubject(status.run)) take(status);
    },
  });
  return () => subscription.unsubscribe();
}
