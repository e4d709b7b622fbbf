import { toSubjectToken, type RunId } from '@cullstream/contracts';
import { PermissionViolationError } from '@nats-io/nats-core';
import type { Bus } from '../connection/bus.js';
import type { ProjectPlace } from '../consume/unfinished-attempts.js';
import { isOutdated, unlessMissing } from '../topology/api-errors.js';
import { eraseKeys } from './erase-keys.js';
import { openBucket } from './open-bucket.js';

/** The bucket of what extractors have agreed on, by run and project. */
export const PROJECT_CLAIMS = 'cull_claims';

export const claimStates = ['held', 'free', 'done'] as const;
export type ClaimState = (typeof claimStates)[number];

/** Which extractor works on a project, or that all of it is published. */
export interface ProjectClaim {
  readonly state: ClaimState;
  /** Who wrote it: every claim has an id of its own. */
  readonly by: string;
}

export interface StoredClaim extends ProjectClaim {
  /** Another one whenever it is written, also unchanged. */
  readonly revision: number;
}

export interface ProjectClaims {
  /** Undefined for a project that nobody has begun. */
  read(place: ProjectPlace): Promise<StoredClaim | undefined>;
  /**
   * Writes a claim in place of that of a revision; 0 stands for none.
   * @returns its revision; undefined, and nothing is written, if somebody else wrote meanwhile
   */
  replace(place: ProjectPlace, claim: ProjectClaim, revision: number): Promise<number | undefined>;
}

/** @returns undefined if the user of this connection may not read or write claims */
export async function openProjectClaims(bus: Bus): Promise<ProjectClaims | undefined> {
  const bucket = await openBucket(bus, PROJECT_CLAIMS).catch((error: unknown) => {
    if (isForbidden(error)) return undefined;
    throw error;
  });
  if (bucket === undefined) return undefined;
  return {
    async read(place) {
      const entry = await bucket.get(toKey(place));
      return entry?.operation === 'PUT'
        ? { ...toClaim(entry.string()), revision: entry.revision }
        : undefined;
    },
    async replace(place, { state, by }, revision) {
      try {
        return await bucket.put(toKey(place), `${state} ${by}`, { previousSeq: revision });
      } catch (error) {
        if (isOutdated(error)) return undefined;
        throw error;
      }
    },
  };
}

/** Forgets what was agreed on for a run. */
export async function deleteProjectClaims(bus: Pick<Bus, 'manager'>, run: RunId): Promise<void> {
  await unlessMissing(eraseKeys(bus, PROJECT_CLAIMS, `${toSubjectToken(run)}.*`));
}

function toKey({ run, project }: ProjectPlace): string {
  return `${toSubjectToken(run)}.${toSubjectToken(project)}`;
}

function toClaim(text: string): ProjectClaim {
  const [word = '', by = ''] = text.split(' ');
  const state = claimStates.find((each) => each === word);
  if (state === undefined)
    throw new Error(`bucket ${PROJECT_CLAIMS} holds "${text}", which is no claim`);
  return { state, by };
}

function isForbidden(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof PermissionViolationError || isForbidden(error.cause);
}
