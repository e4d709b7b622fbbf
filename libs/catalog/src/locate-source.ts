import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The path of a source as it is on the disk. An inventory may write `\` for `/`, and accents in a form
 * other than that of the disk.
 * @param source path below the originals folder; returned unchanged if nothing is found
 */
export async function locateSource(originalsDir: string, source: string): Promise<string> {
  if (await exists(join(originalsDir, source))) return source;
  let located = '';
  for (const part of source.split(/[/\\]/).filter((each) => each !== '' && each !== '.')) {
    const names = await readdir(join(originalsDir, located)).catch(() => []);
    const found =
      names.find((name) => name === part) ??
      names.find((name) => name.normalize('NFC') === part.normalize('NFC'));
    if (found === undefined) return source;
    located = located === '' ? found : `${located}/${found}`;
  }
  return located === '' ? source : located;
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
