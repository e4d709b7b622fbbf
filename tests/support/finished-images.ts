import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createSourceReader } from '@cullstream/imaging';
import { readImages, readRuns } from '@cullstream/store';
import sharp, { type Sharp } from 'sharp';
import type { SamplesCopy } from './samples.js';

type Box = readonly [number, number, number, number];

/** What was done with a group, and what `truth` should find for it. */
export interface FinishedGroup {
  readonly project: string;
  readonly groupId: string;
  readonly kind: string;
  readonly index: number | null;
  readonly action: string | null;
  readonly box: Box | null;
  readonly tolerancePx: number;
}

/** The time at which all of them were made. */
export const MADE = new Date('2026-03-04T05:06:07Z');
export const projects = ['dalia', 'Patricia', 'Kiara_Slender', 'mixed-0919', 'mojo3'] as const;
/** Folders of the finished images of a project, used in turn. */
const folders = ['', 'anna/', 'bea/'] as const;
/** What is done with the groups, used in turn. */
export const kinds = ['copy', 'crop', 'nearly', 'jpeg', 'halved', 'reject', 'two', 'crop'] as const;

export function toDatabasePath(copy: SamplesCopy, project: string): string {
  const file = project === 'Kiara_Slender' ? `${project}_ai_predictions_temp.db` : `${project}.db`;
  return join(copy.data, 'training/ai_training_decisions', file);
}

export const toFinalsDir = (copy: SamplesCopy) => join(dirname(copy.data), 'finals');
export function writeFinal(copy: SamplesCopy, path: string, bytes: Buffer): void {
  const file = join(toFinalsDir(copy), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  utimesSync(file, MADE, MADE);
}

/** Removes a finished image from whichever folder it is in. */
export function removeFinal(copy: SamplesCopy, project: string, name: string): void {
  for (const folder of folders) {
    rmSync(join(toFinalsDir(copy), project, folder, name), { force: true });
  }
}

/** Makes finished images for all projects, with each kind of treatment in turn. */
export async function finishImages(copy: SamplesCopy): Promise<FinishedGroup[]> {
  const reader = createSourceReader({ originalsDir: copy.originals, maxBytes: 1e9 });
  const wanted: FinishedGroup[] = [];
  let turn = 0;
  for (const project of projects) {
    const path = toDatabasePath(copy, project);
    const [run] = readRuns(path, project);
    const groups = new Map<string, { name: string; position: number; bytes: Buffer }[]>();
    for (const { image, source, group, outcome } of readImages(path, run?.run ?? '')) {
      if (group === null || outcome.kind === 'failed') continue;
      const members = groups.get(group.id) ?? [];
      groups.set(group.id, members);
      const name = image.slice(image.lastIndexOf('/') + 1);
      members.push({ name, position: group.position, bytes: await reader.read(source) });
    }
    for (const [groupId, members] of groups) {
      const kind = kinds[turn % kinds.length] ?? 'copy';
      const kept = members[turn % members.length] ?? members[0];
      turn += 1;
      if (kept === undefined) continue;
      const common = { project, groupId, kind };
      const folder = folders[turn % 3] ?? '';
      const { width, height } = await sharp(kept.bytes).metadata();
      const cut = ([x1, y1, x2, y2]: Box) =>
        sharp(kept.bytes).extract({ left: x1, top: y1, width: x2 - x1, height: y2 - y1 });
      const box: Box = [7, 11, 7 + Math.round(width * 0.6), 11 + Math.round(height * 0.7)];
      const stem = kept.name.replace(/\.[^.]+$/, '');
      const save = (name: string, bytes: Buffer) =>
        writeFinal(copy, `${project}/${folder}${name}`, bytes);
      const isPng = kept.name.toLowerCase().endsWith('.png');
      const asNamed = (image: Sharp) =>
        (isPng ? image.png() : image.jpeg({ quality: 92 })).toBuffer();
      const found = { index: kept.position, tolerancePx: isPng ? 0 : 2 };
      if (kind === 'reject') {
        wanted.push({ ...common, index: null, action: 'reject', box: null, tolerancePx: 0 });
      } else if (kind === 'two') {
        const two = members.slice(0, 2);
        for (const { name, bytes } of two) save(name, bytes);
        // In a group with one readable image only that one can be kept.
        wanted.push(
          two.length === 2
            ? { ...common, index: null, action: null, box: null, tolerancePx: 0 }
            : { ...common, ...found, action: 'approve', box: [0, 0, width, height] },
        );
      } else if (kind === 'copy') {
        save(kept.name, kept.bytes);
        wanted.push({ ...common, ...found, action: 'approve', box: [0, 0, width, height] });
      } else if (kind === 'nearly') {
        const most: Box = [1, 0, width - 1, height - 2];
        save(kept.name, await asNamed(cut(most)));
        wanted.push({ ...common, ...found, action: 'approve', box: most });
      } else if (kind === 'jpeg') {
        save(`${stem}.jpg`, await cut(box).jpeg({ quality: 90 }).toBuffer());
        wanted.push({ ...common, ...found, tolerancePx: 2, action: 'crop', box });
      } else if (kind === 'halved') {
        const part = await cut(box).png().toBuffer();
        const half = sharp(part).resize(Math.round((box[2] - box[0]) / 2));
        save(kept.name, await asNamed(half));
        wanted.push({ ...common, ...found, tolerancePx: 6, action: 'crop', box });
      } else {
        save(kept.name, await asNamed(cut(box)));
        wanted.push({ ...common, ...found, action: 'crop', box });
      }
    }
    const stranger = { width: 8, height: 8, channels: 3, background: '#123' } as const;
    writeFinal(copy, `${project}/stranger.png`, await sharp({ create: stranger }).png().toBuffer());
    writeFinal(copy, `${project}/note.txt`, Buffer.from('no image'));
  }
  await reader.close();
  return wanted;
}
