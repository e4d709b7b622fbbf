declare module 'yauzl-promise' {
  export interface Entry {
    readonly filename: Buffer;
    readonly comment: Buffer;
    readonly extraFields: readonly { readonly id: number; readonly data: Buffer }[];
    readonly generalPurposeBitFlag: number;
    readonly compressionMethod: number;
    readonly crc32: number;
    readonly lastModDate: number;
    readonly lastModTime: number;
    readonly compressedSize: number;
    readonly uncompressedSize: number;
    readonly fileHeaderOffset: number;
  }

  export interface Zip extends AsyncIterable<Entry> {
    readonly centralDirectoryOffset: number;
    close(): Promise<void>;
  }

  export abstract class Reader {
    _read(start: number, length: number): Promise<Buffer>;
  }

  export function fromReader(
    reader: Reader,
    size: number,
    options: {
      readonly decodeStrings: false;
      readonly validateEntrySizes: false;
      readonly validateFilenames: false;
    },
  ): Promise<Zip>;
}
