import type { ImageSource } from '@cullstream/contracts';
import type { StoredDeadLetter } from '@cullstream/bus';
import {
  identifyImage,
  identifyMessage,
  type Acceptance,
  type Acceptances,
  type FailureIdentity,
} from '@cullstream/store';
import type { OwnDatabase } from '@cullstream/versions';

interface EntryBase {
  /** What `dead show` and `dead retry` take. Stays the same while the entry is there. */
  readonly id: string;
  readonly project: string;
  readonly run: string;
  /** Archive or folder below originals, and the image in it; empty where a message does not say. */
  readonly archive: string;
  readonly entry: string;
  readonly stage: string;
  readonly reason: string;
  readonly message: string;
  /** Runs in which the image failed, or deliveries of the message. */
  readonly attempts: number;
  /** ISO 8601. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** Where somebody has taken note of it. */
  readonly accepted?: Acceptance | undefined;
}

/** An image that the newest run of its project gave up. */
export interface FailedImage extends EntryBase {
  readonly kind: 'image';
  readonly database: OwnDatabase;
  readonly sequence: number;
  readonly catalogue: string;
  readonly source: ImageSource;
  readonly groupId: string | null;
}

/** A message that no service could take. */
export interface PoisonedMessage extends EntryBase {
  readonly kind: 'message';
  readonly letter: StoredDeadLetter;
}

/** A project that the last run could not do at all, or not to its end. */
export interface FailedProject extends EntryBase {
  readonly kind: 'project';
  readonly identity: FailureIdentity;
}

export type DeadEntry = FailedImage | PoisonedMessage | FailedProject;

/** Which entries a command is about. */
export interface DeadSelection {
  readonly reason?: readonly string[] | undefined;
  readonly project?: readonly string[] | undefined;
  /** In full; none for all. */
  readonly ids?: readonly string[];
}

export function isSelected(
  entry: DeadEntry,
  { reason, project, ids = [] }: DeadSelection,
): boolean {
  if (reason?.includes(entry.reason) === false) return false;
  if (project?.includes(entry.project) === false) return false;
  return ids.length === 0 || ids.includes(entry.id);
}

/** Names the selection at the end of a sentence that says that nothing was found. */
export function describeSelection({ reason, project }: DeadSelection): string {
  return reason === undefined && project === undefined
    ? ''
    : ` of what ‹project› and ‹reason› choose; \`cullstream dead list\` lists everything`;
}

/** What makes it the same failure in another run. */
export function toFailureIdentity(entry: DeadEntry): FailureIdentity {
  const { project, entry: image } = entry;
  switch (entry.kind) {
    case 'image':
      return identifyImage(project, { ...entry, image });
    case 'message':
      return identifyMessage({ ...entry, data: entry.letter.data });
    case 'project':
      return entry.identity;
  }
}

export function withAcceptance<E extends DeadEntry>(entry: E, acceptances: Acceptances): E {
  return { ...entry, accepted: acceptances.find(toFailureIdentity(entry)) };
}
