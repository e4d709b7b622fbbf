import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { isDeepStrictEqual } from 'node:util';
import { headers } from '@nats-io/nats-core';
import {
  BUNDLE_HEADER,
  bundleHeaders,
  encodeBundle,
  openBundle,
  type BundlePart,
} from '../../../libs/bus/src/bundle/bundle.js';
import { require, type FuzzTarget } from '../fuzz-target.js';

const parts = [
  { id: 'run/p/0/image.found', data: Buffer.from('{"type":"image.found"}') },
  { id: 'run/p/1/image.found', data: Buffer.alloc(3) },
];
const plain = Buffer.from([2, 0, 3, 0, 0, 0, 0xc3, 0xa9, 7, 8, 9]);
const plainHeaders = headers();
plainHeaders.set(BUNDLE_HEADER, '1');

/** The list of events in a message, as a seed that mutations get through to. */
function inflated(message: Uint8Array): Buffer {
  return inflateRawSync(message.subarray(4));
}

/** A message whose list of events is these bytes. */
function deflated(list: Uint8Array): Buffer {
  const bytes = deflateRawSync(list);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const toPlain = ({ id, data }: BundlePart) => ({ id, data: Uint8Array.from(data) });

/** Messages of several events: of either layout, and the deflated part of the second. */
export const target: FuzzTarget = {
  name: 'bundle',
  seeds: () => [
    Buffer.from(encodeBundle(parts)),
    inflated(encodeBundle(parts)),
    inflated(encodeBundle(parts.slice(0, 1))),
    plain,
  ],
  run(bytes) {
    const messages = [
      openBundle(plainHeaders, bytes),
      openBundle(bundleHeaders(1), bytes),
      openBundle(bundleHeaders(1), deflated(bytes)),
    ];
    for (const opened of messages) {
      if (opened === undefined || opened.some(({ id }) => id.includes('\ufffd'))) continue;
      const again = openBundle(bundleHeaders(opened.length), encodeBundle(opened));
      require(again !== undefined &&
        isDeepStrictEqual(
          again.map(toPlain),
          opened.map(toPlain),
        ), 'a bundle gives back its events');
    }
  },
};
