import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CrcOfPieces } from './crc-of-pieces.js';

it('is the CRC-32 of the whole, whatever its pieces', () => {
  const piece = fc.record({ bytes: fc.uint8Array({ maxLength: 300 }), isKnown: fc.boolean() });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const crc = new CrcOfPieces();
      for (const { bytes, isKnown } of pieces) {
        if (isKnown) crc.addPiece(crc32(bytes), bytes.length);
        else crc.addBytes(bytes, 0, bytes.length);
      }
      expect(crc.value).toBe(crc32(Buffer.concat(pieces.map(({ bytes }) => bytes))));
    }),
  );
});

it('takes pieces of megabytes', () => {
  const [first, second] = [Buffer.alloc(3_000_001, 7), Buffer.alloc(17_000_000, 9)];
  const crc = new CrcOfPieces();
  crc.addPiece(crc32(first), first.length);
  crc.addPiece(crc32(second), second.length);
  expect(crc.value).toBe(crc32(Buffer.concat([first, second])));
});
