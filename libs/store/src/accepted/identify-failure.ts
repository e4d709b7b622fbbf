import { createHash } from 'node:crypto';
import { tryDecodeEvent, type ImageSource } from '@cullstream/contracts';
import type { FailureIdentity } from './acceptance.js';

/** An image that a run gave up, as {@link readFailures} returns it. */
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

/** A message that was given up, with its project and image. */
export interface FailedMessage {
  readonly project: string;
  readonly entry: string;
  readonly stage: string;
  readonly reason: string;
  readonly data: Uint8Array;
}

/** A message of an image is identified by the image, since its bytes contain the run; others by their bytes. */
export function identifyMessage(message: FailedMessage): FailureIdentity {
  const { project, entry: image, stage, reason, data } = message;
  const event = tryDecodeEvent(data);
  const content =
    event !== undefined && 'source' in event
      ? `${event.type} ${describeContent(event.source)}`
      : `sha256 ${createHash('sha256').update(data).digest('hex')}`;
  return { kind: 'message', project, image, stage, reason, content };
}

/** A project that failed as a whole, as it is in a summary. */
export interface FailedProject {
  readonly project_id: string;
  /** Archive or folder below originals. */
  readonly zip_file: string;
  readonly message: string | null;
  /** Digest of the source; null if it is not known. */
  readonly source_content?: string | null | undefined;
}

export const projectFailure = { stage: 'extractor', reason: 'project-failed' } as const;

/** A different source under the same name, or a different message, is a different failure. */
export function identifyProject(failed: FailedProject): FailureIdentity {
  const { project_id: project, zip_file: source, message, source_content: content } = failed;
  // The message may begin with the path of the originals, which may differ the next time: leave it out.
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

/** The position of an entry in its archive is left out, since an archive may be packed again. */
function describeContent(source: ImageSource): string {
  return source.kind === 'zip-entry'
    ? `crc32 ${source.crc32.toString(16).padStart(8, '0')} size ${source.size}`
    : `size ${source.size} modified ${source.modifiedMs}`;
}
