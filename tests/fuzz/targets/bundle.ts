import { bundleHeaders, encodeBundle, openBundle } from '../../../libs/bus/src/bundle/bundle.js';
import { require, type FuzzTarget } from '../fuzz-target.js';

const parts = [
  { id: 'run/p/0/image.found', data: Buffer.from('{"type":"image.found"}') },
  { id: 'run/p/1/image.found', data: Buffer.alloc(3) },
];

/** Messages of several events. */
export const target: FuzzTarget = {
  name: 'bundle',
  seeds: () => [Buffer.from(encodeBundle(parts)), Buffer.from(encodeBundle(parts.slice(0, 1)))],
  run(bytes) {
    const opened = openBundle(bundleHeaders(1), bytes);
    if (opened === undefined) return;
    const isText = opened.every(({ id }) => !id.includes('\ufffd'));
    require(!isText ||
      Buffer.from(encodeBundle(opened)).equals(bytes), 'a bundle is written back to its bytes');
  },
};
