import { crc32 } from 'node:zlib';
import {
  encodeIndexLine,
  hasValidChecksum,
  isLegacyLine,
  parseIndexLine,
} from '../../../libs/cache/src/index-line.js';
import { require, type FuzzTarget } from '../fuzz-target.js';

const sha256 = 'ab'.repeat(32);
const line = {
  alias: { project: 'p', entry: 'a/b.png', size: 12, crc32: 7 },
  sha256,
  recipeId: 'r',
  widthPx: 3,
  heightPx: 4,
  run: 'run',
  origin: 'computed' as const,
  embeddingFile: `data/ai_data/embeddings/${sha256.slice(0, 16)}.npy`,
  vectorCrc32: 99,
};

/** Lines of the cache's index: what is taken is written back to a line with the same meaning. */
export const target: FuzzTarget = {
  name: 'index-line',
  seeds: () =>
    [
      encodeIndexLine(line),
      encodeIndexLine({ ...line, vectorCrc32: undefined }),
      encodeIndexLine({ ...line, alias: { project: 'p', entry: 'b.jpg', size: 9, modifiedMs: 5 } }),
      '{"image_path":"p/a.png","embedding_file":"embeddings/a.npy","hash":"aa"}',
      `{"image_path":"p/a${encodeIndexLine(line)}`,
    ].map((text) => Buffer.from(text.trimEnd())),
  tokens: [
    '"image_path"',
    '"modified_ms":',
    '"crc32":',
    '{"image_path"',
    '"sha256":"',
    '"origin":"legacy"',
    '"__proto__":',
  ].map((text) => Buffer.from(text)),
  mend(bytes) {
    const text = bytes.toString().replace(/,"line_crc32":"[0-9a-f]{0,8}"\}$/, '');
    return Buffer.from(`${text},"line_crc32":"${crc32(text).toString(16).padStart(8, '0')}"}`);
  },
  run(bytes) {
    const text = bytes.toString();
    const parsed = parseIndexLine(text);
    if (parsed === undefined || isLegacyLine(parsed)) return;
    // Nobody writes a line's checksum without that of its vector; only this program makes such a one right.
    if (parsed.vectorCrc32 === undefined && hasValidChecksum(text)) return;
    const again = parseIndexLine(encodeIndexLine(parsed).trimEnd());
    require(JSON.stringify(again) ===
      JSON.stringify(parsed), 'a line is written back to the same meaning');
    require(hasValidChecksum(
      encodeIndexLine({ ...parsed, vectorCrc32: 1 }).trimEnd(),
    ), 'a written line has its checksum');
  },
};
