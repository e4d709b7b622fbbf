import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readDefault } from './collect-settings.js';
import { homeFolder } from './home-folder.js';
import { cacheSetting } from './service-settings.js';

const home = process.env['HOME'];
afterEach(() => {
  if (home === undefined) delete process.env['HOME'];
  else process.env['HOME'] = home;
});

describe.skipIf(process.platform === 'win32')('the home folder', () => {
  it.each(['', '.', 'not/absolute'])('is that of the user where HOME is %j', (named) => {
    process.env['HOME'] = named;
    expect(homeFolder()).toBe(userInfo().homedir);
    expect(readDefault(cacheSetting)).toBe(join(userInfo().homedir, '.cache', 'cullstream'));
  });

  it('is that of HOME elsewhere', () => {
    process.env['HOME'] = '/elsewhere';
    expect(cacheSetting.parse(undefined)).toBe('/elsewhere/.cache/cullstream');
  });
});
