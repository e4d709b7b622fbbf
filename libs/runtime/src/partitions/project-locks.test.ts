import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openProjectLocks } from './project-locks.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-projects-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a project is kept from others until it was let go as often as it was taken', () => {
  const [own, other] = [openProjectLocks(folder), openProjectLocks(folder)];
  const [first, second] = [own.hold('dalia'), own.hold('dalia')];
  first?.();
  // Once more: it must not count for the second.
  first?.();
  expect(other.hold('dalia')).toBeUndefined();
  expect(other.hold('mojo 1')).toBeDefined();
  second?.();
  expect(other.hold('dalia')).toBeDefined();
  expect(own.hold('dalia')).toBeUndefined();
});

it('any number of projects needs 64 files', () => {
  const locks = openProjectLocks(folder);
  for (let at = 0; at < 1_000; at++) locks.hold(`Shoot ${at}`)?.();
  expect(readdirSync(folder)).toHaveLength(64);
});
