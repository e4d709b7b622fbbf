import type { JudgedGroup } from '../judged-group.js';

/** A group of two in which the version agrees with the person in everything. */
export function judged(changes: Partial<JudgedGroup> = {}): JudgedGroup {
  return {
    project: 'aurora',
    groupId: 'g1',
    images: ['20250701_000001_stage1_generated.png', '20250701_000002_stage2_upscaled.png'],
    truth: 'finals',
    action: 'crop',
    picked: 1,
    confidence: 0.8,
    pickedCrop: [0, 0, 0.5, 1],
    chosen: 1,
    chosenCrop: [0, 0, 0.5, 1],
    proposal: [0, 0, 0.5, 1],
    constantBoxes: { all: [0, 0, 1, 1], sameAspect: [0, 0, 0.5, 1], isFallback: false },
    ...changes,
  };
}
