import { mkdirSync } from 'node:fs';
import { createProjectDatabase } from '@cullstream/store';
import { predictedImages } from '../../../libs/store/src/testing/image-results.js';

/** Groups of three, and a fourth image in every thirteenth. */
const toSize = (group: number): number => (group % 13 === 0 ? 4 : 3);

/** A database as a run over so many groups leaves it; there is no image. */
export async function writeLargeProject(
  dataDir: string,
  project: string,
  groups: number,
): Promise<number> {
  mkdirSync(dataDir, { recursive: true });
  const groupSizes = Array.from({ length: groups }, (_unused, group) => toSize(group));
  const events = predictedImages({ project, groupSizes });
  await createProjectDatabase({ dataDir, project }, events, new Date('2026-01-01T00:00:00Z'));
  return events.length;
}
