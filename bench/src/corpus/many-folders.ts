import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawPicture } from '@cullstream/examples';
import { withNote } from './with-note.js';

const IN_A_FOLDER = 200;

/** Makes folders of one small picture each, all with the same pixels and with different bytes. */
export async function makeManyFolders(folder: string, projects: number): Promise<string> {
  const size = { widthPx: 64, heightPx: 80 };
  const picture = await drawPicture({ scene: 1, variant: 0, ...size, format: 'png' });
  const originals = join(folder, 'many-projects');
  rmSync(originals, { recursive: true, force: true });
  for (let index = 0; index < projects; index++) {
    const project = join(originals, `p${index}`);
    mkdirSync(project, { recursive: true });
    const bytes = withNote(Buffer.from(picture), 'png', `p${index}`);
    writeFileSync(join(project, '20250701_120000_stage1_generated.png'), bytes);
  }
  return originals;
}

/** Makes folders of empty files: each of them fails. */
export function makeFailures(folder: string, failures: number): string {
  const originals = join(folder, 'many-failures');
  rmSync(originals, { recursive: true, force: true });
  for (let index = 0; index < failures; index++) {
    const project = join(originals, `f${Math.floor(index / IN_A_FOLDER)}`);
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, `${String(index).padStart(7, '0')}.png`), '');
  }
  return originals;
}
