/** Every stage of a group, in the order of processing. */
const stages = ['stage1_generated', 'stage1.5_face_swapped', 'stage2_upscaled', 'stage3_enhanced'];

/** The name of an image of a project by its number: four variants a group, one group a minute. */
export function imageNameAt(index: number): string {
  const minutes = Math.floor(index / stages.length);
  const taken = new Date(Date.UTC(2025, 0, 1) + minutes * 60_000);
  const stamp = taken.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
  return `${stamp}_${stages[index % stages.length]}.png`;
}
