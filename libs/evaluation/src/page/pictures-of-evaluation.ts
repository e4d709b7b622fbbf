import type { WantedPictures } from '@cullstream/versions';
import type { Evaluation } from '../evaluation.js';
import { toShownImages } from './disagreement-sections.js';

/** The images that the page of an evaluation shows. */
export function toPicturesOfEvaluation({ versions }: Evaluation): WantedPictures[] {
  return versions.flatMap(({ projects, worst }) => {
    const shown = toShownImages(worst);
    return projects.map(({ project, run }) => ({ project, run, images: shown.get(project) ?? [] }));
  });
}
