import { z } from 'zod';
import { runId } from './names.js';

/** What a service warns of, for the summary of the runs that it works for. */
export const serviceWarning = z.object({
  service: z.string(),
  /** Of this run alone; of all that are under way where it is not known. */
  run: runId.optional(),
  /** A sentence for people, with the reason and what to do. */
  text: z.string(),
});
export type ServiceWarning = z.infer<typeof serviceWarning>;
