import type { ImageSource } from '@cullstream/contracts';
import { readCatalogue, selectProjects, type SelectionOptions } from '@cullstream/catalog';
import { takeSample, type Unit } from './take-sample.js';

export interface SampleOptions extends SelectionOptions {
  readonly dataDir: string;
  /** Number of images. */
  readonly sample: number;
  readonly minGroupSize: number;
}

/**
 * Groups of the user's own images, evenly taken over all projects; single images where there are no
 * groups. A source that cannot be read is left out.
 */
export async function listSample(options: SampleOptions): Promise<Unit<ImageSource>[]> {
  const { projects } = await selectProjects(options);
  const groups: ImageSource[][] = [];
  const singles: ImageSource[][] = [];
  for (const project of projects) {
    const catalogue = await readCatalogue(project, {
      ...options,
      timeGapMinutes: undefined,
    }).catch(() => undefined);
    const byGroup = new Map<string, ImageSource[]>();
    for (const { group, source } of catalogue?.images ?? []) {
      if (group === null) {
        singles.push([source]);
        continue;
      }
      const members = byGroup.get(group.id) ?? [];
      byGroup.set(group.id, members);
      members.push(source);
    }
    groups.push(...byGroup.values());
  }
  return takeSample(groups.length > 0 ? groups : singles, options.sample);
}
