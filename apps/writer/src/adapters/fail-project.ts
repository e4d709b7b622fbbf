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
 * Gives up a project whose database cannot be used, in every run that results came from: it fails as a whole,
 * with the way out, and the next run takes it up from the cache.
 * @returns why that could not be told
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
