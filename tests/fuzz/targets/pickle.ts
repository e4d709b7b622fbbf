import { MalformedCheckpoint } from '../../../libs/inference/src/checkpoint/checkpoint-error.js';
import { namedTensors } from '../../../libs/inference/src/checkpoint/state-dict.js';
import { torchPickleHost } from '../../../libs/inference/src/checkpoint/torch-pickle.js';
import { unpickle } from '../../../libs/inference/src/pickle/unpickle.js';
import { stateDict } from '../../../libs/inference/tests/support/torch-files.js';
import { allowing, require, type FuzzTarget } from '../fuzz-target.js';

const matrix = { name: 'net.0.weight', key: '0', elements: 6, shape: [2, 3], strides: [3, 1] };
const bias = { name: 'net.0.bias', key: '1', elements: 2, shape: [2], strides: [1] };

/** Pickles of weights, and the parameters in them. */
export const target: FuzzTarget = {
  name: 'pickle',
  seeds: () => [
    stateDict([matrix, bias]),
    stateDict([{ ...matrix, offset: 1 }]),
    Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex'),
    Buffer.from(
      '\x80\x04\x95\x10\0\0\0\0\0\0\0}\x94(\x8c\x01a\x94K\x01\x8c\x01b\x94]\x94(M\x01\x02G?\xf0\0\0\0\0\0\0eu.',
      'latin1',
    ),
    Buffer.from(
      '\x80\x02c__torch__.net\nModule\n)\x81}(X\x01\0\0\0aK\x01X\x01\0\0\0bNub.',
      'latin1',
    ),
  ],
  tokens: [
    'ccollections\nOrderedDict\n',
    'ctorch._utils\n_rebuild_tensor_v2\n',
    'ctorch\nFloatStorage\n',
    'X\x07\0\0\0storage',
    'c__torch__\nM\n',
    '\x93',
    '(',
    'tQ',
    'tR',
    ')\x81',
    'ub',
    'q\0',
    'h\0',
  ].map((opcodes) => Buffer.from(opcodes, 'latin1')),
  run(bytes) {
    for (const script of [false, true]) {
      const read = allowing([MalformedCheckpoint], () =>
        unpickle(bytes, torchPickleHost({ script })),
      );
      if (read === undefined) continue;
      require(read.end <= bytes.length, 'a pickle ends within the bytes');
      allowing([MalformedCheckpoint], () => namedTensors(read.value));
    }
  },
};
