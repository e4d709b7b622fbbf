import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { refuseFiles } from './refuse-files.js';

it('refuses a file for a folder and a folder for a file, each by its name', async () => {
  const folder = tmpdir();
  const file = import.meta.filename;
  const settings = { originals: file, data: folder, natsSeedFile: folder, ranker: file };
  await expect(refuseFiles(settings)).rejects.toMatchObject({
    problems: [
      `‹originals›: ${file} is a file; name a folder`,
      `‹natsSeedFile›: ${folder} is a folder; name a file`,
    ],
  });
});

it('refuses what would lie below a file, and asks nothing of what is not there yet', async () => {
  const file = import.meta.filename;
  const settings = { data: `${file}/data`, config: `${file}/x.yaml`, cache: `${tmpdir()}/not-yet` };
  await expect(refuseFiles(settings)).rejects.toMatchObject({
    problems: [
      `‹data›: ${file}/data cannot be: part of the path is a file`,
      `‹config›: ${file}/x.yaml cannot be: part of the path is a file`,
    ],
  });
});
