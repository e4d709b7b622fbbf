import { z } from 'zod';

/** A failure that the user has accepted: it no longer changes exit codes. */
export const acceptance = z.object({
  kind: z.enum(['image', 'message', 'project']),
  project: z.string(),
  /** Empty for a whole project, and for a message that does not name an image. */
  image: z.string(),
  stage: z.string(),
  reason: z.string(),
  /** Digest of the image or message: a failure with other content is another failure. */
  content: z.string(),
  why: z.string().nullable(),
  at: z.iso.datetime(),
});
export type Acceptance = Readonly<z.infer<typeof acceptance>>;

/** The identity of a failure, which is the same in other runs, at other brokers and in other databases. */
export type FailureIdentity = Omit<Acceptance, 'why' | 'at'>;

const toKey = ({ kind, project, image, stage, reason, content }: FailureIdentity): string =>
  JSON.stringify([kind, project, image, stage, reason, content]);

export function isSameFailure(one: FailureIdentity, other: FailureIdentity): boolean {
  return toKey(one) === toKey(other);
}

/** Acceptances by what they accept. */
export class Acceptances {
  readonly #byKey: ReadonlyMap<string, Acceptance>;
  readonly #projects: ReadonlySet<string>;

  constructor(all: Iterable<Acceptance>) {
    const list = [...all];
    this.#byKey = new Map(list.map((each) => [toKey(each), each]));
    this.#projects = new Set(list.map(({ project }) => project));
  }

  get all(): readonly Acceptance[] {
    return [...this.#byKey.values()];
  }

  find(failure: FailureIdentity): Acceptance | undefined {
    return this.#byKey.get(toKey(failure));
  }

  /** Whether any failure of a project was accepted. If not, its database need not be read. */
  concern(project: string): boolean {
    return this.#projects.has(project);
  }

  /** These and `more`; each of `more` replaces an earlier one of the same failure. */
  with(more: readonly Acceptance[]): Acceptances {
    return new Acceptances([...this.#byKey.values(), ...more]);
  }

  without(failures: readonly FailureIdentity[]): Acceptances {
    const gone = new Set(failures.map(toKey));
    return new Acceptances(this.all.filter((each) => !gone.has(toKey(each))));
  }
}
