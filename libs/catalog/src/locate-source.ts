import { isThere, type Originals } from '@cullstream/imaging/archive';

/**
 * The path of a source as it is in the originals. An inventory may write `\` for `/`, and accents in a form
 * other than that of the disk.
 * @param source path below the originals; returned unchanged if nothing is found
 */
export async function locateSource(originals: Originals, source: string): Promise<string> {
  if (await isThere(originals, source)) return source;
  let located = '';
  for (const part of source.split(/[/\\]/).filter((each) => each !== '' && each !== '.')) {
    const entries = await originals.list(located).catch(() => []);
    const names = entries.map(({ name }) => name);
    const found =
      names.find((name) => name === part) ??
      names.find((name) => name.normalize('NFC') === part.normalize('NFC'));
    if (found === undefined) return source;
    located = located === '' ? found : `${located}/${found}`;
  }
  return located === '' ? source : located;
}
