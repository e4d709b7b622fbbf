import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PermanentError } from '@cullstream/contracts';
import type { ArchiveEntry } from '../../../libs/imaging/src/archive/archive-entry.js';
import { ArchiveError } from '../../../libs/imaging/src/archive/archive-error.js';
import { listArchive } from '../../../libs/imaging/src/archive/list-archive.js';
import { openOriginals } from '../../../libs/imaging/src/originals/open-originals.js';
import { createSourceReader } from '../../../libs/imaging/src/source/source-reader.js';
import { extraField, makeZip } from '../../../libs/imaging/tests/make-zip.js';
import { allowingLater, require, type FuzzTarget } from '../fuzz-target.js';
import { scratchFolder } from '../scratch-folder.js';

const MOST_ENTRIES = 40;
const MAX_BYTES = 1 << 20;

const a = { name: 'a.png', data: Buffer.from('some bytes, some bytes, some bytes') };
const b = { name: 'b/c.jpg', data: Buffer.from('stored'), method: 0 };
const unicodePath = extraField(0x7075, Buffer.concat([Buffer.of(1, 0, 0, 0, 0), Buffer.from('é')]));
const timestamp = extraField(0x5455, Buffer.of(1, 1, 2, 3, 4));

let reader: ReturnType<typeof createSourceReader> | undefined;

/** Central directories and entries, as `run` lists and reads them. */
export const target: FuzzTarget = {
  name: 'archive',
  seeds: () => [
    makeZip([a, b]),
    makeZip([a, { ...b, extra: unicodePath, flags: 0x800 }], { comment: 'a comment' }),
    makeZip([{ ...a, extra: timestamp }, b], { zip64: true }),
    makeZip([a, b], { macos: true }),
    Buffer.concat([Buffer.from('in front'), makeZip([a, b]), Buffer.from('\r\n')]),
    makeZip(
      [
        { ...a, flags: 1 },
        { ...b, method: 9 },
      ],
      { gap: Buffer.alloc(5) },
    ),
  ],
  tokens: ['PK\x01\x02', 'PK\x03\x04', 'PK\x05\x06', 'PK\x06\x06', 'PK\x06\x07', 'PK\x07\x08'].map(
    (signature) => Buffer.from(signature, 'latin1'),
  ),
  async run(bytes) {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'a.zip'), bytes);
    const entries = await allowingLater([ArchiveError], () => list(folder));
    for (const entry of entries?.slice(0, MOST_ENTRIES) ?? []) {
      require(!/^\/|\\|(^|\/)\.\.(\/|$)/.test(entry.name), 'a name stays below its folder');
      reader ??= createSourceReader({ originalsDir: folder, maxBytes: MAX_BYTES, maxOpenFiles: 0 });
      const { index, name, ...facts } = entry;
      const source = { kind: 'zip-entry' as const, archive: 'a.zip', entryIndex: index, ...facts };
      const read = await allowingLater([PermanentError], () => reader?.read(source) ?? never());
      require(read === undefined || read.length === entry.size, `${name} has its size`);
    }
  },
};

async function list(folder: string): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for await (const entry of listArchive(openOriginals(folder), 'a.zip')) entries.push(entry);
  return entries;
}

function never(): never {
  throw new Error('no reader');
}
