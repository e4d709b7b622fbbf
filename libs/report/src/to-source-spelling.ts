/**
 * A project's name as its archive or folder spells it. Projects are called by the composed form of
 * Unicode (NFC), disks may keep another one, and whoever looks a file's name up in a summary finds it.
 */
export function toSourceSpelling(name: string, source: string): string {
  const fileName = source.slice(source.lastIndexOf('/') + 1).replace(/\.zip$/i, '');
  return fileName.normalize('NFC') === name ? fileName : name;
}
