import { ConfigurationError } from '@cullstream/contracts';
import type { GalleryDecision, GalleryGroup } from '@cullstream/contracts/web';
import { findChosen } from '@cullstream/report';
import {
  locateDatabase,
  readChoices,
  readRunDecisions,
  readRunGroups,
  type PersonsChoice,
  type RunGroup,
  type StoredVersion,
  type VersionDecision,
} from '@cullstream/store';

/** A group of the gallery with the values for filters. Its images are read when it is shown. */
export interface ViewedGroup extends Omit<GalleryGroup, 'images'> {
  readonly names: readonly string[];
  readonly hasFailure: boolean;
  readonly readImages: RunGroup['readImages'];
}

/**
 * All groups of a project as one version decided them, with the decisions of another version and of
 * the user.
 */
export interface ProjectView {
  readonly version: string;
  /** The run that made the decisions. */
  readonly run: string;
  readonly compare: string | null;
  /** Sorted as in the catalogue. */
  readonly groups: readonly ViewedGroup[];
}

export interface ViewedVersions {
  readonly version?: string | undefined;
  readonly compare?: string | undefined;
}

/**
 * Reads the groups of a project from its database.
 * @throws {ConfigurationError} for a version that the project does not have
 * @throws {DatabaseError} when the database cannot be read
 */
export function readProjectView(
  { dataDir, project, path }: { dataDir: string; project: string; path: string },
  versions: readonly StoredVersion[],
  asked: ViewedVersions,
): ProjectView {
  const shown =
    asked.version === undefined ? toDefault(versions) : find(versions, asked.version, project);
  const run = shown && toShownRun(shown);
  if (shown === undefined || run === undefined) {
    throw new ConfigurationError([`no image of project "${project}" was predicted yet`]);
  }
  const compared = asked.compare === undefined ? undefined : find(versions, asked.compare, project);
  const other = compared && toShownRun(compared);
  const decisions = other === undefined ? undefined : readRunDecisions(path, other);
  const choices = readChoices(locateDatabase(dataDir, project));
  return {
    version: shown.version,
    run,
    compare: compared?.version ?? null,
    groups: readRunGroups(path, run).map((group) =>
      toViewedGroup(group, decisions?.get(group.groupId), choices.get(group.groupId)),
    ),
  };
}

/** The newest completed run, or the newest run if none is completed. */
export function toShownRun({ newestCompleted, runs }: StoredVersion): string | undefined {
  return (newestCompleted ?? runs.at(-1))?.run;
}

/** The version of the rows in `ai_decisions`, or the newest version if there are none. */
function toDefault(versions: readonly StoredVersion[]): StoredVersion | undefined {
  return versions.findLast(({ currentRows }) => currentRows > 0) ?? versions.at(-1);
}

function find(versions: readonly StoredVersion[], id: string, project: string): StoredVersion {
  const found = versions.find(({ version }) => version === id);
  if (found !== undefined) return found;
  throw new ConfigurationError([`project "${project}" has no version "${id}"`]);
}

function toViewedGroup(
  group: RunGroup,
  compared: VersionDecision | undefined,
  choice: PersonsChoice | undefined,
): ViewedGroup {
  const { names, decision } = group;
  return {
    ...group,
    decision: toGalleryDecision(decision),
    // Positions can be compared only if both versions decided over the same images.
    compared: toGalleryDecision(
      compared !== undefined && isSameList(compared.images, names) ? compared.decision : null,
    ),
    person: choice === undefined ? null : toPerson(choice, names),
  };
}

/** Reads the images of a group so that it can be shown. */
export function toGalleryGroup({
  groupId,
  readImages,
  decision,
  compared,
  person,
}: ViewedGroup): GalleryGroup {
  return { groupId, images: readImages(), decision, compared, person };
}

function toGalleryDecision(decision: VersionDecision['decision']): GalleryDecision | null {
  if (decision === null) return null;
  const { selectedIndex, confidence, crop } = decision;
  return { selectedIndex, confidence, crop: crop && [...crop] };
}

function toPerson(
  { source, action, selectedIndex, images, crop }: PersonsChoice,
  names: readonly string[],
): GalleryGroup['person'] {
  const chosen = selectedIndex === null ? null : findChosen({ images, selectedIndex }, names);
  return { source, action, selectedIndex: chosen, crop: crop && [...crop] };
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
