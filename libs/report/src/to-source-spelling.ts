/**
 * The name of a project as it is spelled in its archive or folder name. Project names use the
 * composed form of Unicode (NFC), but file names on disk can have another form. With the spelling
 * of the disk, users can find a file name in a summary.
 */
export function toSourceSpelling(name: string, source: string): string {
  const fileName = source.slice(source.lastIndexOf('/') + 1).replace(/\.zip$/i, '');
  return fileName.normalize('NFC') === name ? fileName : name;
}
