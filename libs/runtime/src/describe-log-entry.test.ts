import { expect, it } from 'vitest';
import { describeLogEntry } from './describe-log-entry.js';

it('says why something is warned of, and what it is about', () => {
  const err = {
    type: 'TransientError',
    message: '/media/disk: is not there; connect it',
    stack: 'x',
  };
  expect(describeLogEntry({ msg: 'to be tried again', err, project: 'first', pid: 7 })).toBe(
    'to be tried again: /media/disk: is not there; connect it (project first)',
  );
});

it('puts what the system says in plain words', () => {
  const err = { message: "ENOSPC: no space left on device, write '/data/log'" };
  expect(describeLogEntry({ msg: 'the log cannot be written', err })).toBe(
    'the log cannot be written: /data/log: the disk is full: make room',
  );
});

it('repeats nothing that the message says', () => {
  expect(describeLogEntry({ msg: 'a.zip: is gone', failure: 'is gone', path: 'a.zip' })).toBe(
    'a.zip: is gone',
  );
});

it('says once what a cause says again', () => {
  const message =
    'cannot store a.npy: the disk is full: make room, work goes on: ' +
    'ENOSPC: no space left on device, write';
  expect(describeLogEntry({ msg: 'tried again', err: { message } })).toBe(
    'tried again: cannot store a.npy: the disk is full: make room, work goes on',
  );
});
