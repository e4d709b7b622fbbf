import type { CropBox } from '@cullstream/domain';
import { findChosen } from '@cullstream/report';
import { readProposals, readRunDecisions } from '@cullstream/store';
import type { ConstantBoxes, JudgedGroup } from '../judged-group.js';
import type { JudgedGroups } from '../measures/measure.js';
import type { ChosenProject } from './read-choices-of-project.js';

/** Pairs the decisions of a run with the choices of the person. Reads databases only; leaves no trace. */
export function judgeRun(
  { project, database, choices, aspects }: ChosenProject,
  run: string,
  toConstantBoxes: (project: string, aspect: number | null) => ConstantBoxes,
): JudgedGroups {
  const judged: Omit<JudgedGroup, 'proposal'>[] = [];
  const others = { rejected: 0, unknown: 0, undecided: 0 };
  for (const { groupId, images, decision } of readRunDecisions(database.path, run).values()) {
    const choice = choices.get(groupId);
    if (choice?.selectedIndex === null) {
      others.rejected += 1;
      continue;
    }
    const chosen =
      choice === undefined
        ? null
        : findChosen({ images: choice.images, selectedIndex: choice.selectedIndex }, images);
    if (choice === undefined || chosen === null) others.unknown += 1;
    else if (decision === null) others.undecided += 1;
    else {
      judged.push({
        ...{ project, groupId, images, truth: choice.source, action: choice.action },
        picked: decision.selectedIndex,
        confidence: decision.confidence,
        pickedCrop: decision.crop,
        chosen,
        chosenCrop: choice.crop,
        constantBoxes: toConstantBoxes(project, aspects.get(groupId) ?? null),
      });
    }
  }
  const proposals = readProposalsOfChosen(database.path, run, judged);
  return {
    judged: judged.map((group) => ({ ...group, proposal: proposals.get(group.groupId) ?? null })),
    others,
  };
}

function readProposalsOfChosen(
  path: string,
  run: string,
  judged: readonly Omit<JudgedGroup, 'proposal'>[],
): Map<string, CropBox> {
  const chosen = new Map(judged.map((group) => [group.groupId, group.chosen]));
  const proposals = new Map<string, CropBox>();
  if (chosen.size === 0) return proposals;
  for (const { groupId, position, crop } of readProposals(path, run)) {
    if (chosen.get(groupId) === position) proposals.set(groupId, crop);
  }
  return proposals;
}
