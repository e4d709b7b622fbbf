import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../libs/imaging/fixtures/damaged/', import.meta.url);

/** The sound images of which the damaged ones are made. */
export function readSoundImages(extension: 'png' | 'jpg'): Buffer[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(`.${extension}`));
  return names.map((name) => readFileSync(new URL(name, folder)));
}
