import { createHash } from 'node:crypto';
import { tryDecodeEvent, type ImageSource } from '@cullstream/contracts';
import type { FailureIdentity } from './acceptance.js';

/** An image that a run gave up, as {@link readFailures} tells it. */
export interface FailedSource {
  readonly image: string;
  readonly source: ImageSource;
  readonly stage: string;
  readonly reason: string;
}

export function identifyImage(
  project: string,
  { image, source, stage, reason }: FailedSource,
): FailureIdentity {
  return { kind: 'image', project, image, stage, reason, content: describeContent(source) };
}

/** A message that was given up, with what it belongs to. */
export interface FailedMessage {
  readonly project: string;
  readonly entry: string;
  readonly stage: string;
  readonly reason: string;
  readonly data: Uint8Array;
}

/** A message of an image is known by the image, for its bytes name the run; any other by its bytes. */
export function identifyMessage(message: FailedMessage): FailureIdentity {
  const { project, entry: image, stage, reason, data } = message;
  const event = tryDecodeEvent(data);
  const content =
    event !== undefined && 'source' in event
      ? `${event.type} ${describeContent(event.source)}`
      : `sha256 ${createHash('sha256').update(data).digest('hex')}`;
  return { kind: 'message', project, image, stage, reason, content };
}

/** A project that failed as a whole, as a summary tells it. */
export interface FailedProject {
  readonly project_id: string;
  /** Archive or folder below originals. */
  readonly zip_file: string;
  readonly message: string | null;
  /** What the source was; null where that is not known. */
  readonly source_content?: string | null | undefined;
}

export const projectFailure = { stage: 'extractor', reason: 'project-failed' } as const;

/** Another source under the same name, or another message about it, is another failure. */
export function identifyProject(failed: FailedProject): FailureIdentity {
  const { project_id: project, zip_file: source, message, source_content: content } = failed;
  // Where the originals lie, and so how the message begins, may be spelled otherwise the next time.
  const said = message?.slice(Math.max(0, message.indexOf(source))) ?? '';
  const digest = createHash('sha256')
    .update(`${content ?? ''}\n${said}`)
    .digest('hex');
  return {
    kind: 'project',
    project: project.normalize('NFC'),
    image: '',
    ...projectFailure,
    content: `sha256 ${digest.slice(0, 16)}`,
  };
}

/** Where an entry lies in its archive is left out: an archive that was packed anew holds the same. */
function describeContent(source: ImageSource): string {
  return source.kind === 'zip-entry'
    ? `crc32 ${source.crc32.toString(16).padStart(8, '0')} size ${source.size}`
    : `size ${source.size} modified ${source.modifiedMs}`;
}
