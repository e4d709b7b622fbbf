import { findChosen } from '@cullstream/report';
import { locateDatabase, readChoices, readImages, type PersonsChoice } from '@cullstream/store';
import type { ProjectVersions } from '@cullstream/versions';
import { toAspect, type PersonsCrop } from '../rules/constant-boxes.js';

/** A project with the person's choices. */
export interface ChosenProject extends ProjectVersions {
  readonly project: string;
  readonly choices: ReadonlyMap<string, PersonsChoice>;
  /** Width over height of the chosen images, by group; missing if the size is not known. */
  readonly aspects: ReadonlyMap<string, number>;
}

/** Reads databases only; leaves no trace. */
export function readChosenProject(found: ProjectVersions, dataDir: string): ChosenProject {
  const { project } = found.database;
  const choices = readChoices(locateDatabase(dataDir, project));
  return { ...found, project, choices, aspects: readAspects(found, choices) };
}

function readAspects(
  { database, versions }: ProjectVersions,
  choices: ReadonlyMap<string, PersonsChoice>,
): Map<string, number> {
  const aspects = new Map<string, number>();
  const kept = [...choices.values()].filter(({ selectedIndex }) => selectedIndex !== null);
  for (const { newestCompleted } of versions.toReversed()) {
    if (aspects.size === kept.length) break;
    if (newestCompleted === undefined) continue;
    for (const { group, outcome } of readImages(database.path, newestCompleted.run)) {
      if (group === null || outcome.kind === 'failed') continue;
      const { selectedIndex, images } = choices.get(group.id) ?? {};
      if (selectedIndex == null || images === undefined) continue;
      if (findChosen({ images, selectedIndex }, group.images) !== group.position) continue;
      const aspect = toAspect(outcome.widthPx, outcome.heightPx);
      if (aspect !== null) aspects.set(group.id, aspect);
    }
  }
  return aspects;
}

export function toPersonsCrops({ project, choices, aspects }: ChosenProject): PersonsCrop[] {
  return [...choices.values()].flatMap(({ groupId, selectedIndex, crop }) =>
    selectedIndex === null || crop === null
      ? []
      : [{ project, box: crop, aspect: aspects.get(groupId) ?? null }],
  );
}
