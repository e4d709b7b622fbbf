import type { PictureSize } from '@cullstream/contracts/web';
import { toSearchParams, type GalleryQuery } from '../address/view.js';

const API = '/api/v1';

export const overviewPath = `${API}/overview`;
export const eventsPath = `${API}/events`;

export const controlPath = (run: string): string =>
  `${API}/runs/${encodeURIComponent(run)}/control`;

export function groupsPath(
  project: string,
  query: GalleryQuery,
  offset: number,
  limit: number,
): string {
  const asked = toSearchParams(query);
  asked.set('offset', String(offset));
  asked.set('limit', String(limit));
  return `${API}/projects/${encodeURIComponent(project)}/groups?${asked.toString()}`;
}

/** Identifies an image in the catalogue of a run. */
export interface PictureName {
  readonly project: string;
  readonly run: string;
  readonly sequence: number;
}

export function picturePath({ project, run, sequence }: PictureName, size: PictureSize): string {
  const folder = `${API}/projects/${encodeURIComponent(project)}/runs/${encodeURIComponent(run)}`;
  return `${folder}/images/${sequence}/picture?size=${size}`;
}
