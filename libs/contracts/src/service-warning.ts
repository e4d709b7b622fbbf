import { z } from 'zod';
import { runId } from './names.js';

/** A warning of a service, for the summaries of the runs that it works for. */
export const serviceWarning = z.object({
  service: z.string(),
  /** The run that it concerns. Without it, the warning concerns all runs that are under way. */
  run: runId.optional(),
  /** A sentence for users, with the reason and what to do. */
  text: z.string(),
});
export type ServiceWarning = z.infer<typeof serviceWarning>;
