import {
  encodeEvent,
  EVENT_VERSION,
  toSubject,
  type ImageFailed,
  type ImagePredicted,
  type ProjectFailed,
} from '@cullstream/contracts';
import type { Publisher } from '@cullstream/bus';
import type { Logger } from '@cullstream/runtime';

/**
 * Gives up a project whose database cannot be used, in every run that sent results for it. The failure
 * says what to do, and the next run stores the project from the cache.
 * @returns the error if the failure could not be published
 */
export async function failProject(
  events: readonly (ImagePredicted | ImageFailed)[],
  reason: Error,
  { publisher, log }: { readonly publisher: Publisher; readonly log: Logger },
): Promise<Error | undefined> {
  const runs = new Map(events.map(({ run, project }) => [run, project]));
  try {
    for (const [run, { name, source }] of runs) {
      const failed: ProjectFailed = {
        v: EVENT_VERSION,
        type: 'project.failed',
        run,
        project: { name, source },
        message: reason.message,
      };
      const id = `${run}/${name}/${failed.type}`;
      const subject = toSubject('results', run, name, failed.type);
      await publisher.publish(subject, encodeEvent(failed), { id });
      log.error({ project: name, err: reason }, 'the project is given up');
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
