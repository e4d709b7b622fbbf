import type { ImageSource } from '@cullstream/contracts';
import { readCatalogue, selectProjects, type SelectionOptions } from '@cullstream/catalog';
import { takeSample, type Unit } from './take-sample.js';

export interface SampleOptions extends SelectionOptions {
  readonly dataDir: string;
  /** Number of images. */
  readonly sample: number;
  readonly minGroupSize: number;
}

/** An image of the sample. */
export interface SampledImage {
  readonly project: string;
  readonly source: ImageSource;
}

/**
 * Takes groups of the user's images at even intervals from all projects, or single images if there
 * are no groups. A source that cannot be read is left out.
 */
export async function listSample(options: SampleOptions): Promise<Unit<SampledImage>[]> {
  const { projects } = await selectProjects(options);
  const groups: SampledImage[][] = [];
  const singles: SampledImage[][] = [];
  for (const project of projects) {
    const catalogue = await readCatalogue(project, {
      ...options,
      timeGapMinutes: undefined,
    }).catch(() => undefined);
    const byGroup = new Map<string, SampledImage[]>();
    for (const { group, source } of catalogue?.images ?? []) {
      const image = { project: project.name, source };
      if (group === null) {
        singles.push([image]);
        continue;
      }
      const members = byGroup.get(group.id) ?? [];
      byGroup.set(group.id, members);
      members.push(image);
    }
    groups.push(...byGroup.values());
  }
  return takeSample(groups.length > 0 ? groups : singles, options.sample);
}
